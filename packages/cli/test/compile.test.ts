import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createSession, type Tensor, tensor } from '@depthwise/core'
import { readTFLite, writeModel } from '@depthwise/formats'
import { giveReals, mobileNetV1 } from '@depthwise/models'
import { wasm } from '@depthwise/ops-cpu'
import { compileToModule } from '@depthwise/ops-cpu/aot'
import { depthwise } from '@depthwise/testing/command'
import { randomParams } from '@depthwise/testing/random-params'
import { describeShared } from '@depthwise/testing/shared-folder'
import { temporaryFolder } from '@depthwise/testing/temporary'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { declarationsSource } from '../src/compile/declarations.ts'
import { loaderBytes, loaderSource } from '../src/compile/loader.ts'
import type { Product } from '../src/compile/product.ts'
import { small } from './classified.ts'

interface Prediction {
  readonly index: number
  readonly label: string
  readonly probability: number
}
interface Net {
  readonly labels: readonly string[]
  run(input: ArrayLike<number>): Float32Array | Prediction[]
}
interface Loader {
  load(module?: object, weights?: Uint8Array): Promise<Net>
}

/** Types of Node tell nothing of it. */
const host = (globalThis as unknown as { readonly WebAssembly: { compile(bytes: Uint8Array): Promise<object> } })
  .WebAssembly

const graph = mobileNetV1({ alpha: 0.25, inputShape: [32, 40, 3], classes: 7 })
const model = { graph, params: randomParams(graph, 3), metadata: {} }

/** A small network of no training, in a file. */
function saved(): string {
  const path = join(temporaryFolder(), 'made.depthwise')
  writeFileSync(path, writeModel(model))
  return path
}

/** Compiles, and expects a report of it. */
async function compiled(checkpoint: string, ...args: string[]): Promise<string> {
  const folder = join(temporaryFolder(), 'a', 'b')
  const { code, stdout, stderr } = await depthwise('compile', '--checkpoint', checkpoint, '-o', folder, ...args)
  expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: '' })
  expect(stderr).toContain(`depthwise: wrote to ${folder}: `)
  return folder
}

const files = (folder: string): Map<string, Buffer> =>
  new Map(readdirSync(folder).map(name => [name, readFileSync(join(folder, name))]))
const importLoader = (folder: string, name: string): Promise<Loader> =>
  import(/* @vite-ignore */ pathToFileURL(join(folder, `${name}.js`)).href) as Promise<Loader>

const pixels = Uint8Array.from({ length: 32 * 40 * 3 }, (_, i) => (i * 37) % 256)
const reals = Float32Array.from(pixels, value => Math.fround(Math.fround(value * Math.fround(1 / 127.5)) - 1))

async function expected(): Promise<Float32Array> {
  await using session = await createSession(graph, model.params, { backends: [wasm()] })
  const [output] = Object.values(await session.run({ input: tensor([1, 32, 40, 3], reals) })) as [Tensor<'float32'>]
  return output.data
}

describe('files', () => {
  test.each<[args: string[], names: string[]]>([
    [[], ['made.README.md', 'made.d.ts', 'made.js', 'made.relaxed.wasm', 'made.wasm']],
    [
      ['--both', '--split'],
      ['made.README.md', 'made.bin', 'made.d.ts', 'made.js', 'made.relaxed.wasm', 'made.wasm'],
    ],
    [
      ['--plain', '--name', 'net-2.x'],
      ['net-2.x.README.md', 'net-2.x.d.ts', 'net-2.x.js', 'net-2.x.wasm'],
    ],
    [['--relaxed'], ['made.README.md', 'made.d.ts', 'made.js', 'made.wasm']],
  ])('%j: these and no others', async (args, names) => {
    expect([...files(await compiled(saved(), ...args)).keys()].toSorted()).toEqual(names.toSorted())
  })

  test('equal calls write equal bytes', async () => {
    const checkpoint = saved()
    for (const args of [['--dtype', 'float16', '--top', '3'], ['--split']]) {
      expect(files(await compiled(checkpoint, ...args))).toEqual(files(await compiled(checkpoint, ...args)))
    }
  })

  test('the README tells input, output and cost', async () => {
    const readme = files(await compiled(saved(), '--top', '2', '--normalize', 'unit'))
      .get('made.README.md')
      ?.toString()
    expect(readme).toContain('Input: 40x32 pixels (width x height), RGB or RGBA bytes')
    expect(readme).toContain('`run` returns the 2 most probable classes')
    expect(readme).toMatch(/Cost of a run: [\d,]+ MACs; [\d,]+ parameters, stored as float32; [\d.]+ kB of memory/)
    expect(readme).toContain('| `run()` |')
  })
})

describe('what the loader gives', () => {
  test.each<string[]>([[], ['--split'], ['--plain', '--split']].map(args => args))('%s', async (...args) => {
    const { load } = await importLoader(await compiled(saved(), ...args), 'made')
    const net = await load()
    const output = net.run(pixels) as Float32Array
    const right = await expected()
    expect(output).toHaveLength(7)
    for (const [i, value] of right.entries()) expect(output[i]).toBeCloseTo(value, 5)
    // RGBA is the same image, and what was given stays the caller's.
    const rgba = Uint8ClampedArray.from({ length: 32 * 40 * 4 }, (_, i) =>
      i % 4 === 3 ? 9 : pixels[Math.floor(i / 4) * 3 + (i % 4)]!,
    )
    expect(net.run(rgba)).toEqual(output)
    expect(net.run(pixels.map(value => 255 - value))).not.toEqual(output)
    expect(net.run(pixels)).toEqual(output)
  })

  test('of float32 values, what the network gives', async () => {
    const { load } = await importLoader(await compiled(saved(), '--input', 'float32'), 'made')
    const net = await load()
    expect(net.run(reals)).toEqual(await expected())
    expect(() => net.run(reals.subarray(1))).toThrow('made: expected 1x32x40x3 values, found 3839')
  })

  test('the best classes, by the names that the caller gave', async () => {
    const labels = join(temporaryFolder(), 'labels')
    writeFileSync(labels, ['a', 'b', 'c', 'dé', 'e', 'f', 'g'].join('\n'))
    const { load } = await importLoader(await compiled(saved(), '--labels', labels, '--top', '3'), 'made')
    const net = await load()
    const right = await expected()
    const best = [...right.keys()].toSorted((a, b) => right[b]! - right[a]!).slice(0, 3)
    const found = net.run(pixels) as Prediction[]
    expect(found.map(({ index }) => index)).toEqual(best)
    expect(found.map(({ label }) => label)).toEqual(best.map(index => net.labels[index]))
    expect(net.labels[3]).toBe('dé')
    for (const { index, probability } of found) expect(probability).toBeCloseTo(right[index]!, 5)
  })

  test('a module and weights of the caller’s own', async () => {
    const folder = await compiled(saved(), '--split', '--plain')
    const { load } = await importLoader(folder, 'made')
    const module = await host.compile(files(folder).get('made.wasm') as Buffer)
    const bin = files(folder).get('made.bin') as Buffer
    expect((await load(module, bin)).run(pixels)).toEqual((await load()).run(pixels))
    await expect(load(module, bin.subarray(64))).rejects.toThrow(/^made is missing or damaged: /)
  })

  test.each([
    ['too few', pixels.subarray(3), 3837],
    ['too many', new Uint8Array(5 * 1280), 6400],
    ['none', new Uint8Array(0), 0],
    ['reals', new Float32Array(3840), 3840],
  ])('an error for pixels that do not fit: %s', async (_what, wrong, length) => {
    const { load } = await importLoader(await compiled(saved()), 'made')
    const net = await load()
    expect(() => net.run(wrong)).toThrow(`made: expected 40x32 RGB(A) bytes, found ${length}`)
  })

  test('an error for files that are damaged, cut or gone', async () => {
    for (const damage of [
      (bytes: Buffer) => bytes.subarray(0, -1000),
      (bytes: Buffer) => bytes.fill(1, 300_000, 300_001),
      () => Buffer.from('<!doctype html>not found'),
    ]) {
      const folder = await compiled(saved(), '--plain')
      const path = join(folder, 'made.wasm')
      writeFileSync(path, damage(readFileSync(path)))
      const { load } = await importLoader(folder, 'made')
      await expect(load()).rejects.toThrow(/^made is missing or damaged: (Compile|Runtime)Error/)
    }
  })
})

describe('a loader', () => {
  const name = 'a'.repeat(28)
  const big = mobileNetV1({ alpha: 0.1, inputShape: [1024, 1024, 3], classes: 1001 })
  const params = randomParams(big)

  test.each([
    ['whole', false],
    ['split', true],
  ])('has at most a kilobyte, whatever it does: %s', (_what, split) => {
    const [plain, relaxed] = (['plain', 'relaxed'] as const).map(simd => compileToModule(big, params, { simd, split }))
    if (!plain || !relaxed) throw new Error('nothing compiled')
    const uint8 = { ...plain, input: { ...plain.input, dtype: 'uint8' as const } }
    const product: Product = {
      name,
      builds: { plain: uint8, relaxed },
      one: uint8,
      pixels: [1024, 1024],
      top: 1000,
      labels: ['x'],
    }
    for (const each of [
      product,
      { ...product, labels: undefined },
      { ...product, top: null },
      { ...product, pixels: null, one: plain },
    ]) {
      const source = loaderSource(each)
      expect(Buffer.byteLength(source), source).toBeLessThanOrEqual(loaderBytes)
      const { diagnostics } = ts.transpileModule(declarationsSource(each), { reportDiagnostics: true })
      expect(diagnostics).toEqual([])
    }
  })
})

describe('what goes wrong', () => {
  test.each<[what: string, args: string[], message: string]>([
    ['no folder', ['--checkpoint', 'x'], "required option '-o, --output <folder>' not specified"],
    [
      'two kinds of SIMD',
      ['--checkpoint', 'x', '-o', 'out', '--plain', '--both'],
      'expected one of --plain, --relaxed and --both',
    ],
    [
      'a name with a path',
      ['--checkpoint', 'x', '-o', 'out', '--name', '../x'],
      'option --name: expected at most 28 letters, digits',
    ],
    ['threads', ['--checkpoint', 'x', '-o', 'out', '--threads', '2'], 'runs on the thread that calls it'],
    ['an unknown input', ['--checkpoint', 'x', '-o', 'out', '--input', 'rgb'], "argument 'rgb' is invalid"],
    ['no predictions', ['--checkpoint', 'x', '-o', 'out', '--top', '0'], "argument '0' is invalid"],
  ])('%s: 2, and nothing is written', async (_what, args, message) => {
    const { code, stderr } = await depthwise('compile', ...args)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(readdirSync('.')).not.toContain('out')
  })

  test('a checkpoint that is none leaves no file and no folder', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'net'), 'no network')
    const out = join(folder, 'out')
    const { code, stderr } = await depthwise('compile', '--checkpoint', join(folder, 'net'), '-o', out)
    expect(code).toBe(1)
    expect(stderr).toContain('found a text file: pass a checkpoint')
    expect(readdirSync(folder)).toEqual(['net'])
  })

  test('the grey-scale model that comes along takes values, which is said; pixels are refused with what to write', async () => {
    const folder = join(temporaryFolder(), 'out')
    const args = ['compile', '--checkpoint', 'default', '-o', folder, '--plain', '--name', 'net']
    const refused = await depthwise(...args, '--input', 'uint8-rgb')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toBe(
      'depthwise: option --input: expected float32, since the network takes 1x48x48x1 and not RGB pixels, found uint8-rgb\n',
    )
    expect(existsSync(folder)).toBe(false)
    const { code, stderr } = await depthwise(...args)
    expect(code).toBe(0)
    expect(stderr).toContain(
      'takes float32 values (--input float32), since the network takes no RGB image: 1x48x48x1\n',
    )
    const { load } = await importLoader(folder, 'net')
    expect((await load()).run(new Float32Array(48 * 48) as never)).toHaveLength(40)
    expect((await depthwise(...args, '--input', 'float32', '--force')).stderr).not.toContain('takes float32 values')
  })

  test('a folder that is a file: 1', async () => {
    const { code, stderr } = await depthwise('compile', '--checkpoint', saved(), '-o', saved())
    expect(code).toBe(1)
    expect(stderr).toContain('expected a folder that can be written to, found a file')
  })

  test('files that cannot take their places leave none half written', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'made.wasm'))
    const { code } = await depthwise('compile', '--checkpoint', saved(), '-o', folder, '--force')
    expect(code).toBe(1)
    expect(readdirSync(folder)).toEqual(['made.wasm'])
  })
})

describeShared('a quantised TFLite file', () => {
  const grey = new Uint8Array(128 * 128 * 3).fill(128)

  test('keeps its class names, and gives the answers of its integers', async () => {
    const folder = await compiled(small, '--name', 'net')
    const { load } = await importLoader(folder, 'net')
    const net = await load()
    const model = await readTFLite(readFileSync(small))
    await using session = await createSession(giveReals(model.graph), model.params, { backends: [wasm()] })
    const [output] = Object.values(await session.run({ input: grey })) as [Tensor<'float32'>]
    expect(net.labels).toHaveLength(output.data.length)
    expect(net.run(grey)).toEqual(output.data)
    expect(files(folder).get('net.README.md')?.toString()).toContain('parameters, stored as integers')
    const rgba = new Uint8Array(128 * 128 * 4).fill(128)
    expect(net.run(rgba)).toEqual(output.data)
  })

  test('takes reals where they are asked for', async () => {
    const { load } = await importLoader(await compiled(small, '--name', 'net', '--input', 'float32'), 'net')
    const bytes = await (await importLoader(await compiled(small, '--name', 'net'), 'net')).load()
    const model = await readTFLite(readFileSync(small))
    const { quantization } = model.graph.nodes[0] as { quantization?: { scale: number; zeroPoint: number } }
    const { scale, zeroPoint } = quantization ?? { scale: 1, zeroPoint: 0 }
    const values = Float32Array.from(grey, byte => (byte - zeroPoint) * scale)
    expect((await load()).run(values)).toEqual(bytes.run(grey))
  })

  test('is read as reals when that is asked for, and gives its most probable class', async () => {
    const folder = await compiled(small, '--top', '1', '--name', 'net', '--arithmetic', 'real', '--dtype', 'float16')
    const net = await (await importLoader(folder, 'net')).load()
    expect(net.run(grey)).toHaveLength(1)
  })

  test('has no half precision of integers', async () => {
    const folder = join(temporaryFolder(), 'out')
    const { code, stderr } = await depthwise('compile', '--checkpoint', small, '-o', folder, '--dtype', 'float16')
    expect(code).toBe(2)
    expect(stderr).toContain('option --dtype: expected none for a quantised network, whose weights are integers')
    expect(existsSync(folder)).toBe(false)
  })
})
