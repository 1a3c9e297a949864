import { runInNewContext } from 'node:vm'
import { ShapeError } from '@depthwise/core'
import { randomParams } from '@depthwise/testing/random-params'
import { describe, expect, it } from 'vitest'
import { isolateDrawing } from '../src/drawing/index.ts'
import { createClassifier, mobileNetV1, type PixelSource, preprocess, resize, toGrayscale } from '../src/index.ts'
import { reference } from './neighbours.ts'

const [height, width] = [6, 5]
const bytes = Uint8Array.from({ length: height * width * 3 }, (_, i) => (i * 37) % 256)

/** The bytes in the middle of a buffer of some kind, as pools and decoders hand them out. */
function within<B extends ArrayBufferLike>(buffer: B, offset: number): B {
  new Uint8Array(buffer).fill(99)
  new Uint8Array(buffer, offset, bytes.length).set(bytes)
  return buffer
}
const room = bytes.length + 20

const holders: Readonly<Record<string, () => PixelSource['data']>> = {
  'a Uint8Array': () => bytes.slice(),
  'one at an odd offset': () => new Uint8Array(within(new ArrayBuffer(room), 7), 7, bytes.length),
  'a Uint8ClampedArray': () => Uint8ClampedArray.from(bytes),
  'a Buffer of the pool': () => Buffer.from(bytes),
  'a Buffer at an odd offset': () => Buffer.from(within(new ArrayBuffer(room), 3), 3, bytes.length),
  'a DataView': () => new DataView(within(new ArrayBuffer(room), 5), 5, bytes.length),
  'an ArrayBuffer': () => within(new ArrayBuffer(bytes.length), 0),
  'shared memory': () => within(new SharedArrayBuffer(bytes.length), 0),
  'a view of shared memory': () => new Uint8Array(within(new SharedArrayBuffer(room), 9), 9, bytes.length),
  'an array of another realm': () => runInNewContext('Uint8Array.from(bytes)', { bytes: [...bytes] }),
  'a buffer of another realm': () => runInNewContext('Uint8Array.from(bytes).buffer', { bytes: [...bytes] }),
}

const recipe = {
  crop: 'squeeze',
  resampling: { filter: 'bilinear', antialias: true },
  normalization: 'signed',
} as const

const uses: Readonly<Record<string, (image: PixelSource) => ArrayLike<number>>> = {
  preprocess: image => preprocess(image, recipe, [3, 4]),
  resize: image => resize(image, [3, 4], recipe.resampling),
  toGrayscale: image => toGrayscale(image),
  isolateDrawing: image => isolateDrawing(image, [8, 8]).data,
}

describe.each(Object.entries(holders))('a picture in %s', (_, hold) => {
  it.each(Object.entries(uses))('is read by %s, and left as it is', (_name, use) => {
    const data = hold()
    const before = JSON.stringify([...viewOf(data)])
    const expected = use({ width, height, channels: 3, data: bytes })
    expect(Array.from(use({ width, height, channels: 3, data }))).toEqual(Array.from(expected))
    expect(JSON.stringify([...viewOf(data)])).toBe(before)
  })

  it('is classified', async () => {
    const graph = mobileNetV1({ alpha: 0.25, inputShape: [32, 32, 3], classes: 3 })
    const model = { graph, params: randomParams(graph), metadata: {} }
    for (const prepare of [undefined, isolateDrawing]) {
      const options = { backends: [reference()], ...(prepare && { prepare }) }
      await using classifier = await createClassifier(model, options)
      const expected = await classifier.probabilities({ width, height, channels: 3, data: bytes })
      expect(await classifier.probabilities({ width, height, channels: 3, data: hold() })).toEqual(expected)
    }
  })
})

function viewOf(data: PixelSource['data']): Uint8Array {
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
}

describe('what holds no bytes', () => {
  const values = Array.from(bytes)
  it.each<[string, unknown]>([
    ['a list', values],
    ['floats', Float32Array.from(values)],
    ['words', Uint16Array.from(values)],
    ['signed bytes', Int8Array.from(values)],
    ['a string', String.fromCharCode(...values)],
    ['an object that says it is an array', { [Symbol.toStringTag]: 'Uint8Array', length: bytes.length }],
    ['nothing', undefined],
    ['a buffer of another length', new ArrayBuffer(bytes.length + 1)],
  ])('%s', (_, data) => {
    expect(() => preprocess({ width, height, channels: 3, data } as never, recipe, [3, 4])).toThrow(ShapeError)
    expect(() => preprocess({ width, height, channels: 3, data } as never, recipe, [3, 4])).toThrow(/^image data/)
  })

  it('memory that was transferred away', () => {
    const gone = new ArrayBuffer(bytes.length)
    structuredClone(gone, { transfer: [gone] })
    const use = (data: PixelSource['data']) => () => preprocess({ width, height, channels: 3, data }, recipe, [3, 4])
    expect(use(gone)).toThrow(/^image data/)
    const view = new Uint8Array(bytes.length)
    structuredClone(view, { transfer: [view.buffer] })
    expect(use(view)).toThrow(ShapeError)
  })
})
