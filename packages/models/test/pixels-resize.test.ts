import { OptionError, type Resampling, ShapeError } from '@depthwise/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PixelImage, type RgbPixels, resize, resizeView, viewOf } from '../src/pixels/index.ts'
import { largestDifference } from './pixels-golden.ts'

const extent = fc.integer({ min: 1, max: 24 })
const sizes = fc.tuple(extent, extent)
const resamplings: fc.Arbitrary<Resampling> = fc.record({
  filter: fc.constantFrom('bilinear', 'bicubic'),
  antialias: fc.boolean(),
})

const images: fc.Arbitrary<PixelImage> = fc
  .record({ width: extent, height: extent, channels: fc.constantFrom<3 | 4>(3, 4) })
  .chain(form => {
    const count = form.width * form.height * form.channels
    return fc.record({
      width: fc.constant(form.width),
      height: fc.constant(form.height),
      channels: fc.constant(form.channels),
      data: fc.uint8Array({ minLength: count, maxLength: count }),
    })
  })

/** An image of one row, the same level in all three channels. */
function ramp(...levels: number[]): PixelImage {
  return { width: levels.length, height: 1, channels: 3, data: Uint8Array.from(levels.flatMap(v => [v, v, v])) }
}

const reds = (pixels: RgbPixels): number[] => Array.from(pixels).filter((_, i) => i % 3 === 0)

function colours({ data, channels }: PixelImage): number[] {
  return Array.from(data).filter((_, i) => i % channels < 3)
}

/** Left to right, or top to bottom. */
function mirror(pixels: ArrayLike<number>, width: number, height: number, channels: number, flip: 'x' | 'y'): number[] {
  const out: number[] = []
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = flip === 'x' ? y * width + (width - 1 - x) : (height - 1 - y) * width + x
      for (let c = 0; c < channels; c++) out.push(pixels[at * channels + c]!)
    }
  }
  return out
}

/** Keys' kernel and the triangle, written from their definitions. */
const kernels: Record<Resampling['filter'], (x: number) => number> = {
  bilinear: x => Math.max(0, 1 - Math.abs(x)),
  bicubic(signed) {
    const x = Math.abs(signed)
    if (x <= 1) return 1.5 * x ** 3 - 2.5 * x ** 2 + 1
    return x < 2 ? -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2 : 0
  },
}

/** One axis, straight from the definition: every output weighs the whole input, nothing is rounded. */
function direct(input: readonly number[], scaled: number, { filter, antialias }: Resampling): number[] {
  const stretch = antialias ? Math.max(1, input.length / scaled) : 1
  return Array.from({ length: scaled }, (_, o) => {
    const centre = ((o + 0.5) * input.length) / scaled
    const weights = input.map((_, i) => kernels[filter]((i + 0.5 - centre) / stretch))
    const sum = input.reduce((total, value, i) => total + value * weights[i]!, 0)
    const weight = weights.reduce((total, each) => total + each, 0)
    // Bytes saturate after either pass.
    return antialias ? Math.max(0, Math.min(255, sum / weight)) : sum / weight
  })
}

/** Both axes, across and then down, on one colour at a time. */
function resizeDirectly(image: PixelImage, [tall, wide]: readonly [number, number], resampling: Resampling): number[] {
  const { width, height } = image
  const values = colours(image)
  const out = new Array<number>(tall * wide * 3)
  for (let c = 0; c < 3; c++) {
    const rows = Array.from({ length: height }, (_, y) => {
      const row = Array.from({ length: width }, (_, x) => values[(y * width + x) * 3 + c]!)
      return direct(row, wide, resampling)
    })
    for (let x = 0; x < wide; x++) {
      const column = rows.map(row => row[x]!)
      for (const [y, value] of direct(column, tall, resampling).entries()) out[(y * wide + x) * 3 + c] = value
    }
  }
  return out
}

describe('resize, by hand', () => {
  const antialiased = { filter: 'bilinear', antialias: true } as const
  const plain = { filter: 'bilinear', antialias: false } as const

  it('rounds a half up, as 22-bit fixed point does', () => {
    expect(reds(resize(ramp(0, 255), [1, 1], antialiased))).toEqual([128])
  })

  it('puts pixel centres at halves', () => {
    expect(reds(resize(ramp(0, 255), [1, 4], antialiased))).toEqual([0, 64, 191, 255])
    expect(reds(resize(ramp(0, 255), [1, 4], plain))).toEqual([0, 63.75, 191.25, 255])
  })

  it('counts every pixel when antialiasing and two an axis when not', () => {
    const spike = ramp(255, 0, 0, 0, 0, 0, 0, 0, 0)
    expect(reds(resize(spike, [1, 1], plain))).toEqual([0])
    expect(reds(resize(spike, [1, 1], antialiased))[0]).toBeGreaterThan(0)
  })

  it('clamps what a cubic overshoots in bytes, and leaves it in reals', () => {
    const edge = ramp(0, 0, 255, 255)
    const bytes = reds(resize(edge, [1, 8], { filter: 'bicubic', antialias: true }))
    const reals = reds(resize(edge, [1, 8], { filter: 'bicubic', antialias: false }))
    expect([Math.min(...bytes), Math.max(...bytes)]).toEqual([0, 255])
    expect(Math.min(...reals)).toBeLessThan(0)
    expect(Math.max(...reals)).toBeGreaterThan(255)
  })

  it('gives a single pixel everywhere', () => {
    const dot: PixelImage = { width: 1, height: 1, channels: 4, data: Uint8Array.of(7, 8, 9, 10) }
    expect(Array.from(resize(dot, [2, 1], antialiased))).toEqual([7, 8, 9, 7, 8, 9])
  })
})

describe('resize, properties', () => {
  it('follows the definition', () => {
    fc.assert(
      fc.property(images, sizes, resamplings, (image, size, resampling) => {
        // Bytes lose half a level in the second pass, and what the first lost times a cubic's absolute weights, up to
        // 1.3.
        const tolerance = resampling.antialias ? 0.5 + 0.5 * 1.3 : 1e-4
        const expected = resizeDirectly(image, size, resampling)
        expect(largestDifference(resize(image, size, resampling), expected)).toBeLessThanOrEqual(tolerance)
      }),
    )
  })

  it('keeps a constant picture constant', () => {
    const levels = fc.integer({ min: 0, max: 255 })
    fc.assert(
      fc.property(extent, extent, levels, sizes, resamplings, (width, height, level, size, resampling) => {
        const data = new Uint8Array(width * height * 3).fill(level)
        const pixels = resize({ width, height, channels: 3, data }, size, resampling)
        expect(pixels.every(value => value === level)).toBe(true)
      }),
    )
  })

  it('is the identity at the same size', () => {
    fc.assert(
      fc.property(images, resamplings, (image, resampling) => {
        expect(Array.from(resize(image, [image.height, image.width], resampling))).toEqual(colours(image))
      }),
    )
  })

  it('mirrors with its input', () => {
    fc.assert(
      fc.property(images, sizes, resamplings, fc.constantFrom('x', 'y'), (image, [tall, wide], resampling, flip) => {
        const { width, height, channels, data } = image
        const mirrored = { ...image, data: Uint8Array.from(mirror(data, width, height, channels, flip)) }
        const pixels = resize(mirrored, [tall, wide], resampling)
        const expected = mirror(resize(image, [tall, wide], resampling), wide, tall, 3, flip)
        // A half rounds up, wherever it came from, and the last bit of a weight may differ.
        expect(largestDifference(pixels, expected)).toBeLessThanOrEqual(resampling.antialias ? 1 : 1e-4)
      }),
    )
  })

  it('stays within the range of its input when bilinear', () => {
    fc.assert(
      fc.property(images, sizes, fc.boolean(), (image, size, antialias) => {
        const pixels = resize(image, size, { filter: 'bilinear', antialias })
        const values = colours(image)
        const low = Math.min(...values)
        const high = Math.max(...values)
        expect(pixels.every(value => value >= low && value <= high)).toBe(true)
      }),
    )
  })

  it('takes bytes of either kind and ignores alpha', () => {
    fc.assert(
      fc.property(images, sizes, resamplings, (image, size, resampling) => {
        const clamped = { ...image, data: Uint8ClampedArray.from(image.data) }
        const opaque: PixelImage = { ...image, channels: 3, data: Uint8Array.from(colours(image)) }
        const expected = resize(image, size, resampling)
        expect(resize(clamped, size, resampling)).toEqual(expected)
        expect(resize(opaque, size, resampling)).toEqual(expected)
      }),
    )
  })
})

describe('resize, refusals', () => {
  const image = ramp(1, 2, 3)
  const good: Resampling = { filter: 'bilinear', antialias: true }

  it.each([[[0, 4]], [[4, Number.NaN]], [[1.5, 4]], [[-1, 4]], [[2 ** 20, 2 ** 20]], [[Infinity, 1]], [[4]], [224]])(
    'a size of %j',
    size => expect(() => resize(image, size as never, good)).toThrow(OptionError),
  )

  it('an unknown filter, an antialias that is no boolean', () => {
    expect(() => resize(image, [2, 2], { filter: 'lanczos', antialias: true } as never)).toThrow(OptionError)
    expect(() => resize(image, [2, 2], { filter: 'bilinear' } as never)).toThrow(OptionError)
    expect(() => resize(image, [2, 2], { filter: 'toString', antialias: false } as never)).toThrow(OptionError)
  })

  it('a view that leaves the picture or the scaled picture', () => {
    const view = viewOf('squeeze', [1, 3], [2, 2])
    const outside = { top: 0, left: 2, height: 1, width: 2 }
    expect(() => resizeView(image, { ...view, source: outside }, good)).toThrow(ShapeError)
    expect(() => resizeView(image, { ...view, window: { ...outside, left: -1 } }, good)).toThrow(ShapeError)
    expect(() => resizeView(image, { ...view, scaled: [Number.NaN, 2] }, good)).toThrow(ShapeError)
    expect(() => resizeView(image, { ...view, window: { ...outside, left: 0, height: 0 } }, good)).toThrow(ShapeError)
  })
})
