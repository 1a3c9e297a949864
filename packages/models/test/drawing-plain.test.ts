import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isolateDrawing, isPhoto } from '../src/drawing/index.ts'
import type { PixelImage } from '../src/index.ts'
import { readNpz } from './neighbours.ts'
import { plainIsolateDrawing } from './plain-drawing.ts'

const recorded = readNpz(readFileSync(new URL('drawings.npz', import.meta.url)))

function image(
  height: number,
  width: number,
  pixel: (y: number, x: number) => number | readonly [number, number, number],
): PixelImage {
  const data = new Uint8Array(height * width * 3)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const value = pixel(y, x)
      if (typeof value === 'number') data.fill(value, at, at + 3)
      else data.set(value, at)
    }
  }
  return { height, width, channels: 3, data }
}

/** Numbers from 0 to 1 that are the same in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return state / 2 ** 32
  }
}

/** A recorded drawing, larger, on paper: tinted, lit from one side, with the noise of a camera. */
function onPaper(number: number, seed: number): PixelImage {
  const random = randomNumbers(seed)
  const { shape, data } = recorded.get(`${number}.drawing`)!
  const side = shape[0] as number
  const scale = 4 + Math.floor(4 * random())
  const [top, left] = [Math.floor(60 * random()), Math.floor(150 * random())]
  const tint = [1, 0.85 + 0.15 * random(), 0.65 + 0.3 * random()]
  const [lamp, slope, noise] = [120 + 120 * random(), random() - 0.5, 4 + 20 * random()]
  const level = (y: number, x: number, c: number): number => {
    const [row, column] = [Math.floor((y - top) / scale), Math.floor((x - left) / scale)]
    const isInside = row >= 0 && column >= 0 && row < side && column < side
    const ink = isInside ? data[row * side + column]! / 255 : 0
    const light = lamp * (1 + slope * (x / 640 - 0.5))
    const grain = noise * (random() + random() + random() - 1.5)
    return Math.max(0, Math.min(255, Math.round(light * (tint[c]! * (1 - ink) + 0.2 * ink) + grain)))
  }
  return image(480, 640, (y, x) => [level(y, x, 0), level(y, x, 1), level(y, x, 2)])
}

const recordings = Array.from({ length: 10 }, (_, number) => number)
const expectSame = (picture: PixelImage, size: readonly [number, number] = [48, 48]): void => {
  const { data, ...extents } = isolateDrawing(picture, size)
  const { data: plain, ...plainExtents } = plainIsolateDrawing(picture, size)
  expect(extents).toEqual(plainExtents)
  expect(Buffer.compare(Buffer.from(data), Buffer.from(plain))).toBe(0)
}

describe('isolateDrawing gives the bytes of the plain implementation', () => {
  it.each(recordings)('for recorded image %i, grey and tinted, whole and in corners of larger ones', number => {
    const { shape, data } = recorded.get(`${number}.picture`)!
    const [height, width] = shape as [number, number]
    const level = (y: number, x: number): number => data[y * width + x]!
    expectSame(image(height, width, level))
    expectSame(image(height, width, level), [24, 60])
    expectSame(image(height, width, (y, x) => [level(y, x), level(y, x) >> 1, 255 - level(y, x)]))
    for (const [factor, ground] of [
      [3, 255],
      [9, 0],
    ] as const) {
      expectSame(image(factor * height, factor * width, (y, x) => (y < height && x < width ? level(y, x) : ground)))
    }
  })

  it.each(recordings)('for recorded drawing %i on paper', number => {
    for (const seed of [1, 2]) expectSame(onPaper(number, 100 * number + seed))
  })

  it('for symmetrical images, where dark and light weigh the same', () => {
    for (const side of [2, 3, 10, 47, 160, 161, 400]) {
      expectSame(image(side, side, (_, x) => (x < side / 2 ? 0 : 255)))
      expectSame(image(side, side, (y, x) => ((x + y) % 2 === 0 ? 0 : 255)))
      expectSame(image(side, side, y => Math.floor((255 * y) / side)))
    }
  })

  it('for any pixels', () => {
    const side = fc.integer({ min: 1, max: 200 })
    const picture = fc
      .record({
        height: side,
        width: side,
        channels: fc.constantFrom(3 as const, 4 as const),
        seed: fc.nat(),
        levels: fc.constantFrom(2, 5, 256),
        isGrey: fc.boolean(),
      })
      .map(({ height, width, channels, seed, levels, isGrey }): PixelImage => {
        const random = randomNumbers(seed)
        const data = new Uint8Array(height * width * channels)
        const level = (): number => Math.round((255 * Math.floor(levels * random())) / (levels - 1 || 1)) & 255
        for (let at = 0; at < data.length; at += channels) {
          const grey = level()
          for (let c = 0; c < channels; c++) data[at + c] = isGrey && c < 3 ? grey : level()
        }
        return { height, width, channels, data }
      })
    fc.assert(
      fc.property(picture, each => expectSame(each)),
      { numRuns: 80 },
    )
  })
})

describe('isPhoto', () => {
  it.each(recordings)('recorded image %i is none', number => {
    const { shape, data } = recorded.get(`${number}.picture`)!
    const [height, width] = shape as [number, number]
    expect(isPhoto(image(height, width, (y, x) => data[y * width + x]!))).toBe(false)
  })

  it.each(recordings)('a photo of recorded drawing %i on paper is none', number => {
    for (const seed of [1, 2, 3]) expect(isPhoto(onPaper(number, 10 * number + seed))).toBe(false)
  })

  it('an empty image is none, nor is a single pixel', () => {
    for (const side of [1, 2, 300]) expect(isPhoto(image(side, side, () => 128))).toBe(false)
  })

  it('a scene with many levels everywhere is one, in colour and in grey', () => {
    const wave = (y: number, x: number, step: number): number =>
      127 + 60 * Math.sin(x / (5 + step)) * Math.cos(y / (9 - step)) + 60 * Math.sin((x + 2 * y) / (31 + 7 * step))
    const scene = image(240, 320, (y, x) => [wave(y, x, 0), wave(y, x, 1), wave(y, x, 3)])
    expect(isPhoto(scene)).toBe(true)
    expect(isPhoto(image(240, 320, (y, x) => Math.round(wave(y, x, 2))))).toBe(true)
  })
})
