import { FormatError, tensor, UnsupportedOpError } from '@depthwise/core'
import { writeArchive, writeHdf5, writeLegacy } from '@depthwise/testing/files/hdf5-writer'
import { functional2, type LayerSpec, sequential } from '@depthwise/testing/files/keras-configs'
import { deflateSync, strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { openHdf5 } from '../src/hdf5/file.ts'
import { readKeras } from '../src/index.ts'
import { cpuMilliseconds } from './cpu-time.ts'

const values = tensor([2, 2], [1, 2, 3, 4])

/** The places where a signature stands. */
function places(bytes: Uint8Array, signature: string): readonly number[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found: number[] = []
  for (let at = buffer.indexOf(signature); at >= 0; at = buffer.indexOf(signature, at + 1)) found.push(at)
  return found
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
/** Where the object header of the n-th entry of a symbol table node is written down. */
const entryAddress = (node: number, n = 0): number => node + 8 + 40 * n + 8

/** A group `a` in the root, `b` in that, a dataset `c` in that. */
const nested = () => writeHdf5({ members: { a: { members: { b: { members: { c: values } } } } } })

describe('HDF5 files that go in circles', () => {
  test('a group within itself, and one within its child', async () => {
    const bytes = await nested()
    const nodes = places(bytes, 'SNOD')
    const view = viewOf(bytes)
    const addresses = nodes.map(node => Number(view.getBigUint64(entryAddress(node), true)))
    const deepest = nodes[addresses.indexOf(Math.max(...addresses))] as number
    for (const address of addresses.filter(found => found !== Math.max(...addresses))) {
      view.setBigUint64(entryAddress(deepest), BigInt(address), true)
      const root = openHdf5(bytes)
      const walk = (): unknown => root.at('a/b/c/c/c/c')
      expect(walk).toThrow(FormatError)
      expect(walk).toThrow(/expected a tree of groups, found a group within itself/)
    }
  })

  test('a chain of groups deeper than models nest', async () => {
    let spec: Parameters<typeof writeHdf5>[0] = { members: { x: values } }
    for (let depth = 0; depth < 30; depth += 1) spec = { members: { g: spec } }
    const root = openHdf5(await writeHdf5(spec))
    expect(() => root.at(new Array(30).fill('g').join('/'))).toThrow(/at most 16 groups in each other/)
  })

  test('a tree node that is its own child, over and over', async () => {
    const bytes = await nested()
    const view = viewOf(bytes)
    for (const node of places(bytes, 'TREE')) {
      for (const level of [1, 200, 255]) {
        const copy = Uint8Array.from(bytes)
        viewOf(copy).setUint8(node + 5, level)
        viewOf(copy).setBigUint64(node + 32, BigInt(node), true)
        const read = () => openHdf5(copy).at('a/b/c')
        expect(await cpuMilliseconds(() => expect(read).toThrow(FormatError))).toBeLessThan(200)
      }
    }
    expect(view.byteLength).toBeGreaterThan(0)
  })

  test('levels of nodes that share their children: two to the power of a hundred paths', async () => {
    const bytes = await nested()
    const [tree] = places(bytes, 'TREE')
    const node = 24 + 16 * 32 + 8
    const levels = 100
    const grown = new Uint8Array(bytes.length + levels * node)
    grown.set(bytes)
    const view = viewOf(grown)
    for (let level = levels; level > 0; level -= 1) {
      const at = bytes.length + (levels - level) * node
      grown.set(grown.subarray(tree, (tree as number) + 24), at)
      view.setUint8(at + 5, level)
      view.setUint16(at + 6, 2, true)
      const child = level === 1 ? (tree as number) : at + node
      for (const slot of [0, 1]) view.setBigUint64(at + 32 + 16 * slot, BigInt(child), true)
    }
    // The root's symbol table message, and the copy of it in the superblock, name the tree.
    const buffer = Buffer.from(grown.buffer)
    const needle = Buffer.alloc(8)
    needle.writeBigUInt64LE(BigInt(tree as number))
    for (let at = buffer.indexOf(needle); at >= 0 && at < bytes.length; at = buffer.indexOf(needle, at + 1)) {
      view.setBigUint64(at, BigInt(bytes.length), true)
    }
    const read = () => openHdf5(grown).names()
    expect(await cpuMilliseconds(() => expect(read).toThrow(/whose parts are read about once each/))).toBeLessThan(500)
  })
})

describe('HDF5 files that lie', () => {
  test('every beginning of a file', async () => {
    const bytes = await writeLegacy([['a', { 'a/kernel:0': values }]])
    for (let length = 0; length < bytes.length - 1; length += 7) {
      await expect(readKeras(bytes.slice(0, length))).rejects.toThrow(FormatError)
    }
  })

  test('shapes: more elements than the file has bytes, none, too many axes', async () => {
    const bytes = await writeHdf5({ members: { x: tensor([3, 5, 7], new Float32Array(105)) } })
    const extents = Buffer.concat([3, 5, 7].map(extent => Buffer.from(BigInt64Array.of(BigInt(extent)).buffer)))
    const at = Buffer.from(bytes.buffer).indexOf(extents)
    const read = (change: (view: DataView) => void) => {
      const copy = Uint8Array.from(bytes)
      change(viewOf(copy))
      return () => openHdf5(copy).at('x')?.tensor()
    }
    expect(read(view => view.setBigUint64(at, 2n ** 40n, true))).toThrow(/at most 2147483647 elements/)
    expect(read(view => view.setBigUint64(at, 2n ** 20n, true))).toThrow(/expected 146800640 bytes, found 420/)
    expect(read(view => view.setBigUint64(at, 0n, true))).toThrow(/positive integer extents/)
    expect(read(view => view.setBigUint64(at, 2n ** 64n - 1n, true))).toThrow(FormatError)
    expect(read(view => view.setUint8(at - 7, 33))).toThrow(/extents within/)
  })

  test('a text in the heap that is not there, or longer than its place', async () => {
    const text = '{"class_name": "Model"}'
    const bytes = await writeHdf5({ attributes: { model_config: text } })
    const [heap] = places(bytes, 'GCOL') as [number]
    // The attribute's value: length, address of the heap, index.
    const reference = Buffer.alloc(12)
    reference.writeUInt32LE(text.length)
    reference.writeBigUInt64LE(BigInt(heap), 4)
    const at = Buffer.from(bytes.buffer).indexOf(reference) + 4
    const read = (change: (view: DataView) => void) => {
      const copy = Uint8Array.from(bytes)
      change(viewOf(copy))
      return () => openHdf5(copy).texts('model_config')
    }
    expect(read(view => view.setUint32(at + 8, 77, true))).toThrow(/object 77 of the heap .* found no such object/)
    expect(read(view => view.setUint32(at - 4, 2 ** 31, true))).toThrow(/expected 2147483648 bytes in object 1/)
    expect(read(view => view.setBigUint64(at, 2n ** 60n, true))).toThrow(/expected 16 bytes there/)
    expect(read(view => view.setBigUint64(heap + 24, 2n ** 62n, true))).toThrow(FormatError)
  })

  test('the newest form of the format is named, not misread', async () => {
    const bytes = await writeHdf5({ members: { x: values } }, { libver: ['latest', 'latest'] })
    await expect(readKeras(bytes)).rejects.toThrow(UnsupportedOpError)
  })
})

describe('archives', () => {
  test('a bomb in place of the weights, and of the configuration', async () => {
    const bomb = deflateSync(new Uint8Array(2 ** 26), { level: 9 })
    expect(bomb.length).toBeLessThan(2 ** 17)
    const weights = zipSync({ 'model.weights.h5': [new Uint8Array(2 ** 26), { level: 9 }] })
    await expect(readKeras(weights)).rejects.toThrow(
      /archived file "model.weights.h5": expected at most \d+ bytes, found/,
    )
    const sound = await writeArchive({ 'layers/dense/vars/0': values })
    const files = { 'config.json': [new Uint8Array(2 ** 26), { level: 9 }] as const, 'model.weights.h5': sound }
    await expect(readKeras(zipSync(files as never))).rejects.toThrow(FormatError)
  })

  test('no weights, weights that are none, a configuration that is none', async () => {
    await expect(readKeras(zipSync({ 'config.json': strToU8('{}') }))).rejects.toThrow(
      /a file model.weights.h5, found none/,
    )
    await expect(readKeras(zipSync({ 'model.weights.h5': strToU8('text'.repeat(40)) }))).rejects.toThrow(
      /the signature of HDF5/,
    )
    const text = await writeArchive({ 'layers/dense/vars/0': values }, 7)
    await expect(readKeras(text)).rejects.toThrow('keras: expected an object, found 7')
  })
})

describe('configurations', () => {
  const input: LayerSpec = { className: 'InputLayer', name: 'x', config: { batch_input_shape: [null, 2] } }
  const dense = (name: string, from: string): LayerSpec => ({
    className: 'Dense',
    name,
    config: { units: 2, use_bias: false },
    inputs: [[from]],
  })
  const read = async (config: unknown) => await readKeras(await writeLegacy([['a', { 'a/kernel:0': values }]], config))
  const refused = async (config: unknown, message: string | RegExp, type: unknown = FormatError): Promise<void> => {
    await expect(read(config)).rejects.toThrow(type as typeof FormatError)
    await expect(read(config)).rejects.toThrow(message)
  }

  test('layers in circles, layers of nothing, names twice', async () => {
    await refused(
      functional2([input, dense('a', 'b'), dense('b', 'a')]),
      /computed without going in circles, found none/,
    )
    await refused(functional2([input, dense('a', 'nobody')]), /output 0 of call 0 of "a", computed/)
    await refused(
      functional2([input, dense('a', 'x'), dense('a', 'x')]),
      /layers of different names, found one name twice/,
    )
    await refused(functional2([input, dense('a', 'x')], ['nobody']), /expected inputs among its layers/)
  })

  test('layers and weights that are not known', async () => {
    const lstm = { ...dense('a', 'x'), className: 'LSTM' }
    await refused(
      functional2([input, lstm]),
      'layer "a" (LSTM): expected a supported layer, found LSTM',
      UnsupportedOpError,
    )
    const proto = { ...dense('a', 'x'), className: 'constructor' }
    await refused(functional2([input, proto]), /expected a supported layer, found constructor/, UnsupportedOpError)
    await refused(
      functional2([input, dense('c', 'x')]),
      /layer "c" \(Dense\), kernel: expected 2x2, found no such weight/,
    )
    const wide = { ...dense('a', 'x'), config: { units: 3 } }
    await refused(functional2([input, wide]), /layer "a" \(Dense\), kernel: expected 2x3, found 2x2/)
    const first = { class_name: 'Functional', config: { layers: 7 } }
    await refused(first, /field layers: expected a list, found 7/)
    await refused({ class_name: 'Custom', config: {} }, 'expected Functional or Model or Sequential, found "Custom"')
  })

  test('fields that are none', async () => {
    const image = { ...input, config: { batch_input_shape: [null, 4, 4, 2] } }
    const conv = (fields: Readonly<Record<string, unknown>>): unknown =>
      functional2([
        image,
        {
          className: 'Conv2D',
          name: 'a',
          config: { filters: 2, kernel_size: 1, use_bias: false, ...fields },
          inputs: [['x']],
        },
      ])
    await refused(conv({ filters: 0 }), /field filters: expected an integer of at least 1, found 0/)
    await refused(conv({ filters: 2 ** 31 }), /\(Conv2D\)/)
    await refused(conv({ kernel_size: [3] }), /field kernel_size: expected height and width, found a list of 1/)
    await refused(conv({ strides: [1, -1] }), /field strides: expected an integer of at least 1, found -1/)
    await refused(conv({ groups: 3 }), /groups that divide 2, found 3/)
    await refused(conv({ padding: 'causal' }), /padding same or valid, found causal/, UnsupportedOpError)
    await refused(conv({ data_format: 'channels_first' }), /data_format channels_last/, UnsupportedOpError)
    await refused(conv({ use_bias: 'no' }), /field use_bias: expected true or false, found "no"/)
    const open = { ...input, config: { batch_input_shape: [null, 2 ** 20, 2 ** 20, 3] } }
    await refused(functional2([open, dense('a', 'x')]), /at most 2147483647 elements/)
  })

  test('models that call each other twice, forty deep', async () => {
    const deep = (depth: number): unknown => {
      const inner: LayerSpec =
        depth === 0
          ? { className: 'Activation', name: 'm', config: { activation: 'relu' }, inputs: [['x'], ['m']] }
          : { ...(nestedSpec(deep(depth - 1)) as LayerSpec), name: 'm', inputs: [['x'], ['m']] }
      return functional2([input, inner], ['x'], [['m', 1, 0]])
    }
    const nestedSpec = (model: unknown): Omit<LayerSpec, 'name'> => {
      const { class_name: className, config } = model as { class_name: string; config: Record<string, unknown> }
      return { className, config }
    }
    await refused(deep(14), /expected at most 10000 layers and calls of layers, found more/)
    await refused(deep(40), /expected at most 16 models in each other|at most 10000 layers/)
  })

  test('a model called often that reads one value very often', async () => {
    const wide: LayerSpec = { className: 'Add', name: 'sum', config: {}, inputs: [new Array(3000).fill('x')] }
    const { class_name: className, config } = functional2([input, wide]) as { class_name: string; config: object }
    const calls = Array.from({ length: 2000 }, (_, n): LayerSpec['inputs'] => [
      n === 0 ? ['x'] : [['m', n, 0]],
    ]).flatMap(call => call ?? [])
    const inner: LayerSpec = { className, name: 'm', config: { ...config }, inputs: calls }
    const bytes = await writeLegacy(
      [['a', { 'a/kernel:0': values }]],
      functional2([input, inner], ['x'], [['m', 2000, 0]]),
    )
    const start = process.threadCpuUsage()
    await expect(readKeras(bytes)).rejects.toThrow(/at most 10000 layers and calls of layers, found more/)
    expect(process.threadCpuUsage(start).user / 1e6).toBeLessThan(0.5)
  })

  test('a sequence of sequences without end', async () => {
    let model = sequential([dense('a', 'x')]) as { class_name: string; config: Record<string, unknown> }
    for (let depth = 0; depth < 200; depth += 1) {
      model = sequential([{ className: model.class_name, name: 's', config: model.config }]) as typeof model
    }
    await refused(model, /expected (at most 16 models in each other|the shape of the input)/)
  })
})
