import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { instantiated } from '@depthwise/testing/aot-instance'
import { describeShared } from '@depthwise/testing/shared-folder'
import { describe, expect, it } from 'vitest'
import { ModuleBuilder } from '../../packages/ops-cpu/src/wasm/assembler/index.ts'
import { atRunTime, compiled, nets, photo, temporaryFolder } from './nets.ts'

// The interpreter of WABT: no browser's engine, and no JavaScript. It runs scripts of modules, calls and expected results.

const interpreter = '/usr/bin/spectest-interp'
const present = existsSync(interpreter) || process.env['CI'] !== undefined

/** Another module that shares the network's memory: its data is the image, and it reads the output word by word. */
function driver(pages: number, input: number, pixels: Uint8Array, output: number): Uint8Array {
  const module = new ModuleBuilder()
  module.importMemory('net', 'memory', { min: pages, max: pages })
  module.data(pixels, input)
  module.func('word', ['i32'], ['i32'], (f, at) => f.get(at).load('i32.load', output), { export: 'word' })
  return module.encode()
}

function interpret(script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(interpreter, [script], { maxBuffer: 2 ** 24 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${stdout.slice(-2000)}${stderr}`)) : resolve(stdout.trim()),
    )
  })
}

/** The words of expected floats, as the interpreter writes them. */
const wordsOf = (values: Float32Array): readonly string[] =>
  Array.from(new Uint32Array(values.buffer, values.byteOffset, values.length), String)

const suite = present
  ? describeShared
  : (name: string, body: () => void) => describe.skip(`${name} (skipped: no ${interpreter})`, body)

suite('a compiled network in an interpreter that knows no JavaScript', () => {
  it.each(['V1 small', 'V2 small'] as const)('%s gives the bits of the run-time compiler', async name => {
    expect(existsSync(interpreter), interpreter).toBe(true)
    const net = nets[name]
    const folder = temporaryFolder()
    const module = (await compiled(net, '--plain')).read('net.wasm')
    const { memory, input, output } = instantiated({ module, weights: null })
    const pixels = await photo('burger-224.png', net.side)
    const expected = wordsOf(await atRunTime(net, 'plain', pixels))
    const invoke = (module: string, field: string, args: readonly object[]) => ({ type: 'invoke', module, field, args })
    const commands = [
      { type: 'module', line: 1, name: '$net', filename: 'net.wasm' },
      { type: 'register', line: 2, name: '$net', as: 'net' },
      { type: 'module', line: 3, name: '$driver', filename: 'driver.wasm' },
      { type: 'assert_return', line: 4, action: invoke('$net', 'run', []), expected: [] },
      ...expected.map((value, i) => ({
        type: 'assert_return',
        line: 5 + i,
        action: invoke('$driver', 'word', [{ type: 'i32', value: `${4 * i}` }]),
        expected: [{ type: 'i32', value }],
      })),
    ]
    writeFileSync(join(folder, 'net.wasm'), module)
    const pages = memory.buffer.byteLength / 65536
    writeFileSync(join(folder, 'driver.wasm'), driver(pages, input.value, pixels, output.value))
    writeFileSync(join(folder, 'net.json'), JSON.stringify({ source_filename: 'net.wast', commands }))
    // Modules count as well; that they meet does not.
    const all = commands.length - 1
    expect(await interpret(join(folder, 'net.json'))).toBe(`${all}/${all} tests passed.`)
  })
})
