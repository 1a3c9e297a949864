import { FormatError, type Metadata } from '@depthwise/core'
import { encode, table, text } from '@depthwise/testing/files/tflite-encoder'
import { ints, net } from '@depthwise/testing/files/tflite-net'
import * as tfl from '@depthwise/testing/files/tflite-writer'
import { deflateSync, strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { readTFLite } from '../src/index.ts'
import { cpuMilliseconds } from './cpu-time.ts'
import { appendArchive, describeModel } from './tflite-description.ts'
import { checkpoint, describeShared } from './tflite-shared.ts'

/** A softmax over three classes of an RGB pixel, with an appended archive if one is given. */
function model(description: Uint8Array | null, archive?: Uint8Array, input: Partial<tfl.TensorSpec> = {}): Uint8Array {
  const flat = tfl.writeTFLite({
    tensors: [
      { name: 'input', shape: [1, 1, 1, 3], ...input },
      { name: 'flat', shape: [1, 3] },
      { name: 'output', shape: [1, 3] },
    ],
    operators: [
      { op: 'RESHAPE', inputs: [0], outputs: [1], options: tfl.reshapeOptions([1, 3]) },
      { op: 'SOFTMAX', inputs: [1], outputs: [2], options: tfl.softmaxOptions() },
    ],
    inputs: [0],
    outputs: [2],
    metadata: { min_runtime_version: strToU8('1.5.0'), ...(description && { TFLITE_METADATA: description }) },
  })
  return archive ? appendArchive(flat, archive) : flat
}

const labelled = describeModel({ files: [['labels.txt', 2]] })
const zip = (lines: string, level: 0 | 9 = 0): Uint8Array => zipSync({ 'labels.txt': [strToU8(lines), { level }] })
const labels = async (file: Uint8Array): Promise<Metadata['labels']> => (await readTFLite(file)).metadata.labels

describe('what TFLite Metadata says', () => {
  test('name, author and licence', async () => {
    const { metadata } = await readTFLite(model(describeModel({ name: 'Tiny' })))
    expect(metadata).toEqual({ format: 'tflite', name: 'Tiny', source: 'me', licence: 'MIT' })
    expect((await readTFLite(model(null))).metadata).toEqual({ format: 'tflite' })
  })

  test.each([
    ['signed', [127.5], [127.5]],
    ['signed', [128, 128, 128], [128, 128, 128]],
    ['unit', [0], [255]],
    ['raw', [0, 0, 0], [1]],
    ['imagenet', [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]],
    [{ mean: 10, std: 20 }, [10], [20]],
    [{ mean: [120, 110, 100], std: 64 }, [120, 110, 100], [64]],
    [{ mean: 0.5, std: [64, 32, 16] }, [0.5], [64, 32, 16]],
    [{ mean: [127.5, 0, 0], std: [127.5, 255, 255] }, [127.5, 0, 0], [127.5, 255, 255]],
    [undefined, [], []],
    [undefined, [0], []],
    [undefined, [0], [0]],
    [undefined, [0, 0, 0], [1, 0, 1]],
    [undefined, [Number.NaN], [1]],
    [undefined, [Infinity], [1]],
    [undefined, [1, 2], [1, 2]],
    [undefined, [1, 2, 3, 4], [1]],
    [undefined, [1, 2, 3], [1, 2]],
  ] as const)('%j from mean %j and deviation %j', async (expected, mean, std) => {
    expect((await readTFLite(model(describeModel({ mean, std })))).metadata.preprocessing?.normalization).toEqual(
      expected,
    )
  })

  test('one mean and deviation of a grey picture', async () => {
    const grey = { shape: [1, 3, 1, 1] }
    const read = async (mean: readonly number[], std: readonly number[]) =>
      (await readTFLite(model(describeModel({ mean, std }), undefined, grey))).metadata.preprocessing?.normalization
    expect(await read([120], [70])).toEqual({ mean: 120, std: 70 })
    expect(await read([127.5], [127.5])).toBe('signed')
    expect(await read([120, 110, 100], [70])).toBeUndefined()
  })

  test.each([
    ['signed', 'u8', 1 / 128, 128],
    ['signed', 'u8', 2 / 255, 127],
    ['signed', 'i8', 2 / 255, -1],
    ['unit', 'u8', 1 / 255, 0],
    ['unit', 'i8', 1 / 255, -128],
    ['raw', 'u8', 1, 0],
  ] as const)(
    '%s from %s with scale %d and zero point %i, before any description',
    async (expected, type, scale, zeroPoint) => {
      for (const shape of [
        [1, 1, 1, 3],
        [1, 1, 3, 1],
      ]) {
        const description = describeModel({ mean: [10], std: [20] })
        const { metadata } = await readTFLite(model(description, undefined, { type, scale, zeroPoint, shape }))
        expect(metadata.preprocessing?.normalization).toBe(expected)
        expect(metadata.inputQuantization).toEqual({ input: { scale: Math.fround(scale), zeroPoint } })
      }
    },
  )

  test.each([
    [{ mean: 0, std: 42.5 }, 'u8', 1 / 42.5, 0],
    [{ mean: 115, std: 64 }, 'u8', 1 / 64, 115],
    [{ mean: 115, std: 64 }, 'i8', 1 / 64, -13],
  ] as const)(
    '%j from %s with scale %d and zero point %i, behind any description',
    async (expected, type, scale, zeroPoint) => {
      const normalization = async (description: Uint8Array | null) =>
        (await readTFLite(model(description, undefined, { type, scale, zeroPoint }))).metadata.preprocessing
          ?.normalization
      const { mean, std } = (await normalization(null)) as { mean: number; std: number }
      expect(mean).toBe(expected.mean)
      expect(std).toBeCloseTo(expected.std, 4)
      expect(await normalization(describeModel({ mean: [127.5], std: [127.5] }))).toBe('signed')
      expect(await normalization(describeModel({ mean: [10], std: [20] }))).toEqual({ mean: 10, std: 20 })
    },
  )

  test('bytes without a scale are 0 to 255', async () => {
    const cast = await net({
      tensors: { x: { shape: [1, 2, 2, 3], type: 'u8' }, y: { shape: [1, 2, 2, 3] } },
      steps: [['CAST', ['x'], 'y']],
    })
    expect(cast.metadata.preprocessing).toEqual({ normalization: 'raw' })
  })

  test('nothing of a picture where the input is none', async () => {
    for (const shape of [
      [1, 3],
      [3, 1],
      [1, 1, 3],
    ]) {
      const tensors = { x: { type: 'u8', scale: 1 / 255, shape }, y: { shape } } as const
      expect((await net({ tensors, steps: [['RELU', ['x'], 'y']] })).metadata.preprocessing).toBeUndefined()
    }
    const channels = { type: 'u8', scale: 1 / 255, shape: [1, 1, 1, 4] } as const
    const four = await net({ tensors: { x: channels, y: { shape: [1, 1, 1, 4] } }, steps: [['RELU', ['x'], 'y']] })
    expect(four.metadata.preprocessing).toBeUndefined()
  })

  test('of channels first as of channels last', async () => {
    const tensors = {
      x: { shape: [1, 3, 2, 2], type: 'u8', scale: 1 / 64, zeroPoint: 115 },
      last: ints(0, 2, 3, 1),
      y: { shape: [1, 2, 2, 3] },
    } as const
    const { metadata } = await net({ tensors, steps: [['TRANSPOSE', ['x', 'last'], 'y']] })
    expect(metadata.preprocessing).toEqual({ normalization: { mean: 115, std: 64 } })
  })
})

describe('labels in the appended archive', () => {
  test('stored or deflated, one a line, with either line end', async () => {
    expect(await labels(model(labelled, zip('a\nb\nc')))).toEqual(['a', 'b', 'c'])
    expect(await labels(model(labelled, zip('a\r\nb\r\n\u00e9t\u00e9\r\n', 9)))).toEqual(['a', 'b', '\u00e9t\u00e9'])
  })

  test('of the values of any output, as detectors have them, whatever their number', async () => {
    const valued = describeModel({ files: [['labels.txt', 3]] })
    expect(await labels(model(valued, zip('person\n???\ncat\ndog')))).toEqual(['person', '???', 'cat', 'dog'])
  })

  test('left out where they are missing, do not fit, or are no labels of classes', async () => {
    expect(await labels(model(labelled))).toBeUndefined()
    expect(await labels(model(labelled, zip('a\nb')))).toBeUndefined()
    expect(await labels(model(null, zip('a\nb\nc')))).toBeUndefined()
    expect(await labels(model(labelled, zipSync({ 'other.txt': strToU8('a\nb\nc') })))).toBeUndefined()
    expect(await labels(model(describeModel({ files: [['labels.txt', 1]] }), zip('a\nb\nc')))).toBeUndefined()
  })

  test('the first list filed counts; files of other types may stand before it', async () => {
    const files = [
      ['readme.txt', 1],
      ['labels.txt', 2],
      ['labels_de.txt', 2],
    ] as const
    expect(await labels(model(describeModel({ files }), zip('a\nb\nc')))).toEqual(['a', 'b', 'c'])
  })
})

describe('archives that lie', () => {
  /** The sound file, its archive changed: `end`, `entry` and `local` are where the three records stand. */
  function changed(change: (view: DataView, end: number, entry: number, local: number) => void, level: 0 | 9 = 0) {
    const file = model(labelled, zip('a\nb\nc\n'.repeat(50), level))
    const view = new DataView(file.buffer)
    const end = file.length - 22
    const entry = view.getUint32(end + 16, true)
    change(view, end, entry, view.getUint32(entry + 42, true))
    return () => readTFLite(file)
  }

  test.each([
    ['a directory behind the file', (view, end) => view.setUint32(end + 16, 2 ** 32 - 1, true)],
    ['a directory that is none', (view, end) => view.setUint32(end + 16, 0, true)],
    ['a name behind the file', (view, _, entry) => view.setUint16(entry + 28, 65535, true)],
    ['a header behind the file', (view, _, entry) => view.setUint32(entry + 42, 2 ** 32 - 1, true)],
    ['a header that is none', (view, _, entry) => view.setUint32(entry + 42, 0, true)],
    ['data behind the file', (view, _, entry) => view.setUint32(entry + 20, 2 ** 31, true)],
    ['a size that is not the data', (view, _, entry) => view.setUint32(entry + 24, 299, true)],
    ['an unknown method', (view, _, entry) => view.setUint16(entry + 10, 99, true)],
  ] as const satisfies readonly (readonly [string, Parameters<typeof changed>[0]])[])('%s', async (_, change) => {
    await expect(changed(change)).rejects.toThrow(FormatError)
    await expect(changed(change)).rejects.toThrow(/^TFLITE_METADATA, archive/)
  })

  test('deflated data that is none, that ends early, that goes on', async () => {
    await expect(changed((view, _, __, local) => view.setUint8(local + 40, 0xff), 9)).rejects.toThrow(
      /does not inflate|expected 300 bytes/,
    )
    await expect(changed((view, _, entry) => view.setUint32(entry + 20, 3, true), 9)).rejects.toThrow(
      /does not inflate|expected 300/,
    )
    await expect(changed((view, _, entry) => view.setUint32(entry + 24, 20, true), 9)).rejects.toThrow(
      /20 bytes once inflated, found more/,
    )
  })

  test('a bomb: 16 kilobytes that inflate to 16 megabytes, whatever they say of their size', async () => {
    const packed = deflateSync(new Uint8Array(2 ** 24), { level: 9 })
    for (const [size, message] of [
      [10, /expected 10 bytes once inflated, found more/],
      [2 ** 20, /expected 1048576 bytes once inflated, found more/],
      [2 ** 24, /expected at most 1048576 bytes, found 16777216/],
    ] as const) {
      const file = model(labelled, archiveOf(packed, size))
      expect(await cpuMilliseconds(async () => expect(readTFLite(file)).rejects.toThrow(message))).toBeLessThan(500)
    }
  })

  /** An archive whose one deflated file is `packed` and claims to be `size` bytes. */
  function archiveOf(packed: Uint8Array, size: number): Uint8Array {
    const name = strToU8('labels.txt')
    const archive = new Uint8Array(30 + name.length + packed.length + 46 + name.length + 22)
    const view = new DataView(archive.buffer)
    const entry = 30 + name.length + packed.length
    view.setUint32(0, 0x04034b50, true)
    view.setUint16(26, name.length, true)
    archive.set(name, 30)
    archive.set(packed, 30 + name.length)
    view.setUint32(entry, 0x02014b50, true)
    view.setUint16(entry + 10, 8, true)
    view.setUint32(entry + 20, packed.length, true)
    view.setUint32(entry + 24, size, true)
    view.setUint16(entry + 28, name.length, true)
    archive.set(name, entry + 46)
    view.setUint32(archive.length - 22, 0x06054b50, true)
    view.setUint16(archive.length - 12, 1, true)
    view.setUint32(archive.length - 6, entry, true)
    return archive
  }
})

test('a description that is none is a FormatError', async () => {
  await expect(readTFLite(model(strToU8('no flatbuffer')))).rejects.toThrow(/^TFLITE_METADATA, file identifier, byte 4/)
  const cut = encode(table(text('x')), 'M001').subarray(0, 12)
  await expect(readTFLite(model(Uint8Array.from(cut)))).rejects.toThrow(/^TFLITE_METADATA, /)
})

describeShared('the shared files', () => {
  test('carry labels and normalisation', async () => {
    const quantised = (await readTFLite(checkpoint('v1Quarter224'))).metadata
    expect(quantised).toMatchObject({
      name: 'MobileNetV1 image classifier (quantized)',
      source: 'TensorFlow',
      licence: 'Apache License. Version 2.0 http://www.apache.org/licenses/LICENSE-2.0.',
      preprocessing: { normalization: 'signed' },
      inputQuantization: { input: { scale: 1 / 128, zeroPoint: 128 } },
    })
    for (const name of ['v1Quarter128', 'v1Quarter224', 'v2Quant', 'v2PerChannel'] as const) {
      const { labels: names = [], preprocessing } = (await readTFLite(checkpoint(name))).metadata
      expect(names).toHaveLength(1001)
      expect([names[0], names[20], names[934]]).toEqual(['background', 'chickadee', 'cheeseburger'])
      expect(preprocessing).toEqual({ normalization: 'signed' })
    }
  })

  test('that say nothing leave it open', async () => {
    expect((await readTFLite(checkpoint('v1QuarterFloat'))).metadata).toEqual({ format: 'tflite' })
    expect((await readTFLite(checkpoint('vwwFloat'))).metadata).toEqual({ format: 'tflite' })
    expect((await readTFLite(checkpoint('vwwInt8'))).metadata.preprocessing).toEqual({ normalization: 'unit' })
  })
})
