import { type Crop, OptionError, type Resampling } from '@depthwise/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { centralCrop, type PixelImage, type Rectangle, resize, resizeView, viewOf } from '../src/pixels/index.ts'

const extent = fc.integer({ min: 1, max: 40 })

function cut(image: PixelImage, { top, left, height, width }: Rectangle): PixelImage {
  const data = new Uint8Array(height * width * image.channels)
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * image.channels
    data.set(image.data.subarray(from, from + width * image.channels), y * width * image.channels)
  }
  return { width, height, channels: image.channels, data }
}

describe("the central crop is TensorFlow's", () => {
  it.each([
    [343, 512, { top: 21, left: 32, height: 301, width: 448 }],
    [224, 224, { top: 14, left: 14, height: 196, width: 196 }],
    [15, 16, { top: 0, left: 1, height: 15, width: 14 }],
    [1, 1, { top: 0, left: 0, height: 1, width: 1 }],
  ])('%i x %i', (height, width, expected) => expect(centralCrop([height, width], 0.875)).toEqual(expected))

  it('keeps all of it at 1 and refuses what is no fraction', () => {
    expect(centralCrop([5, 7], 1)).toEqual({ top: 0, left: 0, height: 5, width: 7 })
    for (const fraction of [0, -1, 1.1, Number.NaN]) expect(() => centralCrop([5, 7], fraction)).toThrow(OptionError)
  })

  it('is never empty', () => {
    fc.assert(
      fc.property(extent, extent, fc.double({ min: 1e-9, max: 1, noNaN: true }), (height, width, fraction) => {
        const crop = centralCrop([height, width], fraction)
        expect(crop.height).toBeGreaterThanOrEqual(1)
        expect(crop.width).toBeGreaterThanOrEqual(1)
      }),
    )
  })
})

describe("torch's crop", () => {
  // Each row: image, target, scaled image, offset of the window. By torchvision's Resize and CenterCrop, by hand.
  it.each([
    [
      [343, 512],
      [224, 224],
      [256, 382],
      [16, 79],
    ],
    [
      [929, 512],
      [224, 224],
      [464, 256],
      [120, 16],
    ],
    // Python rounds halves to even: (256 - 224) / 2 is whole, (387 - 224) / 2 = 81.5 goes to 82, (385 - 224) / 2 =
    // 80.5 to 80.
    [
      [256, 387],
      [224, 224],
      [256, 387],
      [16, 82],
    ],
    [
      [256, 385],
      [224, 224],
      [256, 385],
      [16, 80],
    ],
    // 96 * 256 / 224 = 109.7.
    [
      [300, 300],
      [96, 96],
      [109, 109],
      [6, 6],
    ],
    // Not square: a box of 219 x 146 to cover; height is the tighter axis of the wide image, width of the tall one.
    [
      [100, 200],
      [192, 128],
      [219, 438],
      [14, 155],
    ],
    [
      [400, 100],
      [192, 128],
      [584, 146],
      [196, 9],
    ],
  ] as const)('%j to %j', (image, target, scaled, [top, left]) => {
    const view = viewOf('torch', image, target)
    expect(view.scaled).toEqual(scaled)
    expect(view.window).toEqual({ top, left, height: target[0], width: target[1] })
  })

  it('always has the whole window inside the scaled picture', () => {
    const side = fc.integer({ min: 1, max: 2000 })
    fc.assert(
      fc.property(side, side, side, side, (height, width, tall, wide) => {
        const { scaled, window } = viewOf('torch', [height, width], [tall, wide])
        expect(Math.min(window.top, window.left)).toBeGreaterThanOrEqual(0)
        expect(window.top + tall).toBeLessThanOrEqual(scaled[0])
        expect(window.left + wide).toBeLessThanOrEqual(scaled[1])
      }),
    )
  })
})

describe('the centre, by a fraction', () => {
  const side = fc.integer({ min: 1, max: 2000 })

  it("of 224 / 256 is torch's crop", () => {
    fc.assert(
      fc.property(side, side, side, side, (height, width, tall, wide) => {
        const centre = viewOf({ kind: 'centre', fraction: 224 / 256 }, [height, width], [tall, wide])
        expect(centre).toEqual(viewOf('torch', [height, width], [tall, wide]))
      }),
    )
  })

  // Shorter sides by timm's `math.floor(img_size / crop_pct)`, offsets by torchvision's CenterCrop.
  it.each([
    [0.95, [480, 640], [224, 224], [235, 313], [6, 44]],
    [0.9, [480, 640], [224, 224], [248, 330], [12, 53]],
    [0.9, [640, 480], [192, 192], [284, 213], [46, 10]],
    // Teachable Machine's square of the shorter side, and a rectangle in the input's proportions.
    [1, [343, 512], [224, 224], [224, 334], [0, 55]],
    [1, [100, 200], [192, 128], [192, 384], [0, 128]],
    [1, [224, 224], [224, 224], [224, 224], [0, 0]],
  ] as const)('%d of %j to %j', (fraction, image, target, scaled, [top, left]) => {
    const view = viewOf({ kind: 'centre', fraction }, image, target)
    expect(view.scaled).toEqual(scaled)
    expect(view.window).toEqual({ top, left, height: target[0], width: target[1] })
  })

  it('always has the whole window inside the scaled picture, and the given share of it', () => {
    const fraction = fc.double({ min: 0.01, max: 1, noNaN: true })
    fc.assert(
      fc.property(fraction, side, side, side, side, (share, height, width, tall, wide) => {
        const { source, scaled, window } = viewOf({ kind: 'centre', fraction: share }, [height, width], [tall, wide])
        expect(source).toEqual({ top: 0, left: 0, height, width })
        expect(Math.min(window.top, window.left)).toBeGreaterThanOrEqual(0)
        expect(window.top + tall).toBeLessThanOrEqual(scaled[0])
        expect(window.left + wide).toBeLessThanOrEqual(scaled[1])
        const tightest = Math.min(scaled[0] - Math.floor(tall / share), scaled[1] - Math.floor(wide / share))
        expect(tightest).toBe(0)
      }),
    )
  })

  it.each([0, -0.5, 1.01, Number.NaN, Number.POSITIVE_INFINITY, '0.9', undefined])('refuses %o', fraction => {
    expect(() => viewOf({ kind: 'centre', fraction } as never, [5, 5], [5, 5])).toThrow(OptionError)
    expect(() => viewOf({ kind: 'centre', fraction } as never, [5, 5], [5, 5])).toThrow('crop.fraction: expected')
  })
})

describe('any crop with any resampling', () => {
  const crops = fc.constantFrom<Crop>(
    'squeeze',
    'slim',
    'torch',
    { kind: 'centre', fraction: 1 },
    { kind: 'centre', fraction: 0.6 },
  )
  const resamplings: fc.Arbitrary<Resampling> = fc.record({
    filter: fc.constantFrom('bilinear', 'bicubic'),
    antialias: fc.boolean(),
  })

  it('equals cropping, resizing and cropping in turn', () => {
    fc.assert(
      fc.property(extent, extent, extent, extent, crops, resamplings, fc.nat(), (...args) => {
        const [height, width, tall, wide, crop, resampling, seed] = args
        const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => Math.imul(i + seed, 0x9e3779b1) >>> 24)
        const image: PixelImage = { width, height, channels: 3, data }
        const view = viewOf(crop, [height, width], [tall, wide])
        const scaled = resize(cut(image, view.source), view.scaled, resampling)
        const { top, left } = view.window
        const expected: number[] = []
        for (let y = top; y < top + tall; y++) {
          expected.push(...scaled.subarray((y * view.scaled[1] + left) * 3, (y * view.scaled[1] + left + wide) * 3))
        }
        expect(Array.from(resizeView(image, view, resampling))).toEqual(expected)
      }),
    )
  })

  it('refuses an unknown crop', () => {
    for (const crop of ['centre', 'constructor', undefined, null, {}, { kind: 'corner', fraction: 1 }, []]) {
      expect(() => viewOf(crop as never, [5, 5], [5, 5])).toThrow(OptionError)
    }
  })
})
