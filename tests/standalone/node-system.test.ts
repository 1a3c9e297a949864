import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeShared } from '@depthwise/testing/shared-folder'
import { expect, it } from 'vitest'
import { atRunTime, bitsOf, type Compiled, compiled, nets, photo, temporaryFolder } from './nets.ts'

// A Node that makes no code of strings, and a program that knows nothing of this repository.

const program = `
  import { readFileSync } from 'node:fs'
  const [loader, pixels] = process.argv.slice(2)
  try {
    eval('1')
    throw new Error('code was generated')
  } catch (error) {
    if (!(error instanceof EvalError)) throw error
  }
  const { load } = await import(loader)
  const net = await load()
  const output = net.run(new Uint8Array(readFileSync(pixels)))
  const bytes = output instanceof Float32Array ? Buffer.from(output.buffer).toString('base64') : JSON.stringify(output)
  console.log(bytes)
`

function run({ loader }: Compiled, pixels: Uint8Array): Promise<string> {
  const folder = temporaryFolder()
  const [script, file] = [join(folder, 'run.mjs'), join(folder, 'pixels')]
  writeFileSync(script, program)
  writeFileSync(file, pixels)
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--disallow-code-generation-from-strings', script, loader, file],
      (error, stdout, stderr) => (error ? reject(new Error(stderr)) : resolve(stdout.trim())),
    )
  })
}

describeShared('a compiled network in a Node that generates no code', () => {
  it.each(['V1', 'V2'] as const)(
    '%s gives the bits of the run-time compiler, with and without relaxed SIMD',
    async name => {
      const net = nets[name]
      const pixels = await photo('cat.png', net.side)
      const relaxed = bitsOf(await atRunTime(net, 'relaxed', pixels))
      const plain = bitsOf(await atRunTime(net, 'plain', pixels))
      expect(relaxed === plain).toBe(net.quantized)
      // This Node has relaxed SIMD: of both the loader takes that module.
      expect(await run(await compiled(net, '--both'), pixels)).toBe(relaxed)
      expect(await run(await compiled(net, '--plain', '--split'), pixels)).toBe(plain)
    },
  )

  it.each([
    ['integers', []],
    ['halves', ['--arithmetic', 'real', '--dtype', 'float16']],
  ])('classifies by %s: the first of five classes, by name', async (_, options) => {
    const answer = await run(await compiled(nets.V2, '--top', '5', ...options), await photo('burger.jpg', 224))
    const predictions = JSON.parse(answer) as readonly { index: number; label: string; probability: number }[]
    expect(predictions).toHaveLength(5)
    expect(predictions[0]).toMatchObject({ index: 934, label: 'cheeseburger' })
    expect(predictions[0]?.probability).toBeGreaterThan(0.9)
  })
})
