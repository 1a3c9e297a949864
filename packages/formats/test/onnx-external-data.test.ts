import { FormatError, OptionError } from '@depthwise/core'
import { type FileSpec, floats, onnxFile, reals } from '@depthwise/testing/files/onnx-file'
import { describe, expect, test } from 'vitest'
import { type ExternalData, externalDataFiles, readOnnx } from '../src/index.ts'
import type { TensorMessage } from '../src/onnx/schema.ts'

/** A tensor moved out of the file: where it lies, as `external_data` says it. */
function moved(tensor: TensorMessage, entries: Readonly<Record<string, string>>): TensorMessage {
  const { rawData: _, ...rest } = tensor
  const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }))
  return { ...rest, dataLocation: 1, externalData }
}

const weights = reals([2, 3, 1, 1], 1)
const bias = { dims: [2], dataType: 1, rawData: new Uint8Array(Float32Array.of(0.5, -0.5).buffer) }
const whole: FileSpec = {
  inputs: { x: [1, 3, 4, 5] },
  outputs: ['y'],
  constants: { w: weights, b: bias },
  nodes: [['Conv', ['x', 'w', 'b'], 'y']],
}
const onnx = (constants: Readonly<Record<string, TensorMessage>>): Uint8Array => onnxFile({ ...whole, constants })

const [w, b] = [weights.rawData as Uint8Array, bias.rawData]
/** Both tensors in one file, with a gap as torch aligns them. */
const shared = new Uint8Array(64 + b.length)
shared.set(w)
shared.set(b, 64)

const inOneFile = onnx({
  w: moved(weights, { location: 'model.onnx.data', offset: '0', length: '24', checksum: 'not looked at' }),
  b: moved(bias, { location: 'model.onnx.data', offset: '64', length: '8' }),
})
const inTwoFiles = onnx({
  w: moved(weights, { location: 'weights/conv.bin' }),
  b: moved(bias, { location: '__proto__', offset: '0' }),
})
const expected = await readOnnx(onnxFile(whole))

describe('weights in files beside the model', () => {
  test('their names, each once, in the order of the model', async () => {
    expect(await externalDataFiles(onnxFile(whole))).toEqual([])
    expect(await externalDataFiles(inOneFile)).toEqual(['model.onnx.data'])
    expect(await externalDataFiles(inTwoFiles)).toEqual(['weights/conv.bin', '__proto__'])
  })

  test.each<[string, ExternalData]>([
    ['an object', { 'model.onnx.data': shared }],
    ['a map', new Map([['model.onnx.data', shared]])],
    ['a function', name => (name === 'model.onnx.data' ? shared : undefined)],
    ['a Buffer', { 'model.onnx.data': Buffer.from(shared) }],
    ['an ArrayBuffer', { 'model.onnx.data': shared.buffer }],
  ])('given by %s', async (_, externalData) => {
    expect(await readOnnx(inOneFile, { externalData })).toEqual(expected)
  })

  test('in several files, without offset or length, under the names of members of Object', async () => {
    const files = new Map([
      ['weights/conv.bin', w],
      ['__proto__', b],
    ])
    expect(await readOnnx(inTwoFiles, { externalData: files })).toEqual(expected)
    const own = Object.fromEntries(files)
    expect(await readOnnx(inTwoFiles, { externalData: own })).toEqual(expected)
  })

  test('a function is asked once for each file', async () => {
    const asked: string[] = []
    await readOnnx(inOneFile, { externalData: name => [asked.push(name), shared][1] as Uint8Array })
    expect(asked).toEqual(['model.onnx.data'])
  })

  test('a file longer than a tensor that states no length: as much as the tensor has', async () => {
    const bytes = onnx({ w: moved(weights, { location: 'all' }), b: moved(bias, { location: 'all', offset: '64' }) })
    expect(await readOnnx(bytes, { externalData: { all: shared } })).toEqual(expected)
  })

  test('values of attributes, and tensors that only name a file', async () => {
    const { dataLocation: _, ...unmarked } = moved(bias, { location: 'b' })
    const bytes = onnxFile({
      ...whole,
      constants: { b: unmarked },
      nodes: [
        ['Constant', [], 'w', { value: moved(weights, { location: 'w' }) }],
        ['Conv', ['x', 'w', 'b'], 'y'],
      ],
    })
    expect(await externalDataFiles(bytes)).toEqual(['b', 'w'])
    expect((await readOnnx(bytes, { externalData: { w, b } })).params).toEqual(expected.params)
  })

  test('tensors in the file itself need none, whatever is passed', async () => {
    expect(await readOnnx(onnxFile(whole), { externalData: { other: b } })).toEqual(expected)
  })
})

describe('files that were not passed', () => {
  test('are named with a tensor of theirs, and how to pass them', async () => {
    const read = () => readOnnx(inOneFile)
    await expect(read).rejects.toThrow(OptionError)
    await expect(read).rejects.toThrow(
      'option externalData: expected the file "model.onnx.data", which holds initializer "w", passed as { externalData: { "model.onnx.data": bytes } }, found no such file',
    )
    const files = { externalData: { 'weights/conv.bin': w } }
    await expect(readOnnx(inTwoFiles, files)).rejects.toThrow('the file "__proto__", which holds initializer "b"')
    await expect(readOnnx(inTwoFiles)).rejects.toThrow('found neither it nor "__proto__"')
    await expect(readOnnx(inOneFile, { externalData: () => undefined })).rejects.toThrow('"model.onnx.data"')
  })

  test('values that are not bytes are refused by name', async () => {
    const externalData = { 'model.onnx.data': 'bytes' as unknown as Uint8Array }
    await expect(readOnnx(inOneFile, { externalData })).rejects.toThrow(
      /^option externalData, "model.onnx.data": expected bytes/,
    )
  })
})

describe('files that lie', () => {
  const read = (entries: Readonly<Record<string, string>>) => () =>
    readOnnx(onnx({ w: moved(weights, entries), b: floats([0, 0]) }), { externalData: () => shared })

  test.each([
    '',
    '../w',
    'a/../../w',
    '..',
    '/etc/passwd',
    'C:w',
    'c:\\w',
    'a\\w',
    'https://example.org/w',
    'a\0b',
    'a\nb',
  ])('location %j', async location => {
    await expect(read({ location })).rejects.toThrow(FormatError)
    await expect(read({ location })).rejects.toThrow(
      /external_data: expected the name of a file in the folder of the model/,
    )
  })

  test.each(['w', './w', 'a/b/w', 'model..data', '...', 'ä w'])('location %j', async location => {
    await expect(read({ location })()).resolves.toBeDefined()
  })

  test.each([
    [{ offset: '72' }, 'expected 24 bytes from byte 72 of "w", found a file of 72'],
    [{ offset: '49' }, 'expected 24 bytes from byte 49 of "w", found a file of 72'],
    [{ offset: '999999999999999' }, 'from byte 999999999999999'],
    [{ length: '73' }, 'expected 73 bytes from byte 0 of "w", found a file of 72'],
    [{ length: '20' }, 'initializer "w", external_data: expected 24 bytes for FLOAT 2x3x1x1, found 20'],
    [{ offset: '-1' }, 'expected a number of bytes as offset, found "-1"'],
    [{ offset: '0x10' }, 'expected a number of bytes as offset, found "0x10"'],
    [{ offset: '1e3' }, 'expected a number of bytes as offset, found "1e3"'],
    [{ length: '99999999999999999999' }, 'expected a number of bytes as length'],
    [{ length: '' }, 'expected a number of bytes as length, found ""'],
  ])('%j', async (entries, message) => {
    await expect(await read({ location: 'w', ...entries })).rejects.toThrow(FormatError)
    await expect(await read({ location: 'w', ...entries })).rejects.toThrow(message)
  })

  test('many tensors over one file read no more than a few times its size', async () => {
    const count = 2000
    const constants = Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`w${i}`, moved(reals([1, 4096, 1, 1]), { location: 'w' })]),
    )
    const nodes = Array.from({ length: count }, (_, i) => ['Conv', ['x', `w${i}`], `y${i}`] as const)
    const bytes = onnxFile({ inputs: { x: [1, 4096, 1, 1] }, outputs: ['y0'], constants, nodes })
    const externalData = { w: new Uint8Array(16384) }
    await expect(readOnnx(bytes, { externalData })).rejects.toThrow(
      'expected a file whose constants are read about once each',
    )
  })
})
