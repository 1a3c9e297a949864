import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

// Test runners that imitate browsers, and engines inside other programs, lack TextDecoder, timers, performance and more.

const program = `
  import { createSession, GraphBuilder } from '@depthwise/core'
  import { mobileNetV2 } from '@depthwise/models'
  import { reference, wasm } from '@depthwise/ops-cpu'
  import { compileToModule } from '@depthwise/ops-cpu/aot'

  const b = new GraphBuilder()
  const graph = b.build([b.relu(b.input([1, 4], { name: 'é' }), { name: 'y' })])

  export async function run() {
    const said = [mobileNetV2({ alpha: 0.35 }).nodes.length > 50]
    for (const backend of [wasm({ threads: 2 }), reference()]) {
      const session = await createSession(graph, new Map(), { backends: [backend] })
      const { y } = await session.run({ 'é': Float32Array.of(-1, 2, -3, 4) })
      said.push(session.backend, [...y.data])
      await session.dispose()
    }
    const { instance } = await WebAssembly.instantiate(compileToModule(graph, new Map()).module)
    said.push(typeof instance.exports.run)
    return JSON.stringify(said)
  }
`

it('everything runs where there is only the language and WebAssembly', async () => {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: import.meta.dirname },
    bundle: true,
    format: 'iife',
    globalName: 'program',
    target: 'es2022',
    write: false,
  })
  const context = createContext(Object.create(null))
  expect(runInContext('typeof TextDecoder + typeof setTimeout + typeof process', context)).toBe('undefined'.repeat(3))
  const said = await (runInContext(`${outputFiles[0]?.text}; program.run()`, context) as Promise<string>)
  expect(JSON.parse(said)).toEqual([true, 'wasm', [0, 2, 0, 4], 'reference', [0, 2, 0, 4], 'function'])
})
