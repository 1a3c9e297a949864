import { readFileSync } from 'node:fs'
import { OptionError, ShapeError } from '@depthwise/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isolateDrawing } from '../src/drawing/index.ts'
import type { PixelImage } from '../src/index.ts'
import { readNpz } from './neighbours.ts'

/** Pictures, and what the training script's own port makes of them; `tools/train-default/record.py` wrote them. */
const recorded = readNpz(readFileSync(new URL('drawings.npz', import.meta.url)))

function grey(height: number, width: number, level: (y: number, x: number) => number): PixelImage {
  const data = new Uint8Array(height * width * 3)
  for (let i = 0; i < height * width; i++) data.fill(level(Math.floor(i / width), i % width), i * 3, i * 3 + 3)
  return { height, width, channels: 3, data }
}

const firstChannel = ({ data }: PixelImage): number[] => Array.from(data).filter((_, i) => i % 3 === 0)

/** A thick L, dark on light. */
const isL = (y: number, x: number): boolean =>
  (x >= 20 && x < 24 && y >= 10 && y < 50) || (y >= 46 && y < 50 && x >= 20 && x < 44)
const letter = grey(64, 80, (y, x) => (isL(y, x) ? 20 : 230))

describe("a picture becomes what the training script's port makes of it", () => {
  const count = [...recorded.keys()].filter(name => name.endsWith('.picture')).length

  it('there are recordings', () => expect(count).toBeGreaterThan(9))

  it.each(Array.from({ length: count }, (_, i) => i))('picture %i', number => {
    const picture = recorded.get(`${number}.picture`)!
    const [height, width] = picture.shape as [number, number]
    const { data, ...rest } = isolateDrawing(
      grey(height, width, (y, x) => picture.data[y * width + x]!),
      [48, 48],
    )
    expect(rest).toEqual({ height: 48, width: 48, channels: 3 })
    expect(firstChannel({ data, ...rest })).toEqual(Array.from(recorded.get(`${number}.drawing`)!.data))
  })
})

describe('isolateDrawing', () => {
  const usual = isolateDrawing(letter, [48, 48])

  it('centres the strokes, five sixths of the picture long, white on black', () => {
    const at = (y: number, x: number): number => usual.data[(y * 48 + x) * 3]!
    // 40 rows of ink in 48, 24 columns in the middle of 48.
    expect(at(4, 13)).toBe(255)
    expect(at(43, 35)).toBe(255)
    expect([at(3, 13), at(44, 20), at(20, 11), at(43, 36), at(20, 30)]).toEqual([0, 0, 0, 0, 0])
  })

  it.each<[string, (y: number, x: number) => number]>([
    ['light on dark', (y, x) => (isL(y, x) ? 240 : 10)],
    ['faint', (y, x) => (isL(y, x) ? 180 : 200)],
    ['under a lamp at one side', (y, x) => (isL(y, x) ? 0.3 : 1) * (120 + x)],
  ])('%s, it looks the same', (_, level) => {
    const seen = firstChannel(isolateDrawing(grey(64, 80, level), [48, 48]))
    const far = seen.filter((value, i) => Math.abs(value - usual.data[i * 3]!) > 40)
    expect(far).toEqual([])
  })

  it('does not depend on where and how large the drawing is', () => {
    const moved = grey(120, 90, (y, x) => (isL(y - 50, x - 30) ? 0 : 255))
    expect(firstChannel(isolateDrawing(moved, [48, 48]))).toEqual(firstChannel(usual))
    const large = grey(640, 800, (y, x) => (isL(Math.floor(y / 10), Math.floor(x / 10)) ? 20 : 230))
    const seen = firstChannel(isolateDrawing(large, [48, 48]))
    expect(seen.filter((value, i) => Math.abs(value - usual.data[i * 3]!) > 128)).toEqual([])
  })

  it('looks closer where a drawing is small on a large picture', () => {
    const tiny = grey(900, 1200, (y, x) => (isL(y - 700, x - 1000) ? 20 : 230))
    const seen = firstChannel(isolateDrawing(tiny, [48, 48]))
    expect(seen.filter((value, i) => Math.abs(value - usual.data[i * 3]!) > 128)).toEqual([])
  })

  it('takes what is opaque for the drawing, be it dark or light', () => {
    for (const colour of [0, 255]) {
      const data = new Uint8ClampedArray(64 * 80 * 4)
      for (let i = 0; i < 64 * 80; i++) {
        if (isL(Math.floor(i / 80), i % 80)) data.set([colour, colour, colour, 255], i * 4)
      }
      expect(isolateDrawing({ height: 64, width: 80, channels: 4, data }, [48, 48])).toEqual(usual)
    }
  })

  it('is black where there is nothing', () => {
    for (const level of [0, 128, 255]) {
      expect(
        new Set(
          isolateDrawing(
            grey(50, 40, () => level),
            [48, 48],
          ).data,
        ),
      ).toEqual(new Set([0]))
    }
  })

  it('fits targets that are not square', () => {
    const { height, width, data } = isolateDrawing(letter, [24, 60])
    expect([height, width, data.length]).toEqual([24, 60, 24 * 60 * 3])
    expect(Math.max(...data)).toBe(255)
  })

  it('refuses what is no picture or no size', () => {
    expect(() => isolateDrawing({ ...letter, width: 79 }, [48, 48])).toThrow(ShapeError)
    expect(() => isolateDrawing(letter, [0, 48])).toThrow(OptionError)
  })

  it('answers any picture, down to a single pixel', () => {
    const side = fc.integer({ min: 1, max: 40 })
    const picture = fc
      .tuple(side, side, fc.constantFrom(3, 4))
      .chain(([height, width, channels]) =>
        fc
          .uint8Array({ minLength: height * width * channels, maxLength: height * width * channels })
          .map(data => ({ height, width, channels: channels as 3 | 4, data })),
      )
    fc.assert(
      fc.property(picture, fc.tuple(side, side), (image, size) => {
        const seen = isolateDrawing(image, size)
        expect(seen.data).toHaveLength(size[0] * size[1] * 3)
      }),
      { numRuns: 60 },
    )
  })
})
