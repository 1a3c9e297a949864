import {
  type ChannelStatistics,
  type Normalization,
  OptionError,
  type Preprocessing,
  ShapeError,
} from '@depthwise/core'
import { describe, expect, it } from 'vitest'
import {
  fromImageData,
  maxImageSide,
  normalizationAffine,
  normalize,
  type PixelImage,
  preprocess,
  toGrayscale,
} from '../src/pixels/index.ts'

const slim: Preprocessing = {
  crop: 'slim',
  resampling: { filter: 'bilinear', antialias: false },
  normalization: 'signed',
}
const torch: Preprocessing = {
  crop: 'torch',
  resampling: { filter: 'bicubic', antialias: true },
  normalization: 'imagenet',
}

function plain(width: number, height: number, ...colour: [number, number, number]): PixelImage {
  const data = new Uint8Array(width * height * 3)
  for (let i = 0; i < data.length; i++) data[i] = colour[i % 3]!
  return { width, height, channels: 3, data }
}

describe('normalization', () => {
  const ends: [Normalization, number[], number[]][] = [
    ['signed', [-1, -1, -1], [1, 1, 1]],
    ['unit', [0, 0, 0], [1, 1, 1]],
    ['raw', [0, 0, 0], [255, 255, 255]],
    ['imagenet', [-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225], [0.515 / 0.229, 0.544 / 0.224, 0.594 / 0.225]],
  ]

  it.each(ends)('%s takes 0 and 255 to its ends', (normalization, black, white) => {
    const reals = Array.from(normalize(Uint8Array.of(0, 0, 0, 255, 255, 255), normalization))
    for (const [i, end] of [...black, ...white].entries()) expect(reals[i]).toBeCloseTo(end, 6)
  })

  it.each(ends)('%s is the affine map that it says it is', normalization => {
    const { scale, offset } = normalizationAffine(normalization)
    const bytes = Uint8Array.of(3, 140, 250)
    expect(Array.from(normalize(bytes, normalization))).toEqual(
      Array.from(bytes, (byte, c) => Math.fround(byte * scale[c]! + offset[c]!)),
    )
  })

  it('takes grey levels, where it has figures for them', () => {
    expect(Array.from(normalize(Uint8Array.of(0, 255), 'signed', 1))).toEqual([-1, 1])
    expect(() => normalize(Uint8Array.of(0), 'imagenet', 1)).toThrow(OptionError)
  })

  it.each<[ChannelStatistics, readonly number[]]>([
    [{ mean: 120, std: 70 }, [-110 / 70, 0, 135 / 70]],
    [{ mean: [0, 100, 200], std: 50 }, [0.2, 0.4, 1.1]],
    [{ mean: 0, std: [1, 2, 5], order: 'rgb' }, [10, 60, 51]],
    // What `mean` and `std` list is in the network's order: blue first.
    [{ mean: [100, 50, 5], std: [1, 2, 5], order: 'bgr' }, [155, 35, 1]],
    [{ mean: 0, std: 1, order: 'bgr' }, [255, 120, 10]],
    [{ mean: [1], std: [2] }, [4.5, 59.5, 127]],
    // Negatives: what is bright becomes dark.
    [{ mean: 255, std: -255 }, [245 / 255, 135 / 255, 0]],
  ])('takes statistics: %j', (statistics, expected) => {
    const reals = Array.from(normalize(Uint8Array.of(10, 120, 255, 10, 120, 255), statistics))
    for (const [i, value] of [...expected, ...expected].entries()) expect(reals[i]).toBeCloseTo(value, 5)
  })

  it('takes statistics of grey levels', () => {
    expect(Array.from(normalize(Uint8Array.of(0, 255), { mean: 127.5, std: [127.5] }, 1))).toEqual([-1, 1])
    // A grey level is its own blue.
    expect(Array.from(normalize(Uint8Array.of(0, 255), { mean: 0, std: 1, order: 'bgr' }, 1))).toEqual([0, 255])
    expect(() => normalize(Uint8Array.of(0), { mean: [1, 2, 3], std: 1 }, 1)).toThrow(
      'normalization.mean: expected a finite number, for grey levels, found [1,2,3]',
    )
  })

  it.each([
    [{ mean: 1 }, 'normalization.std'],
    [{ std: 1 }, 'normalization.mean'],
    [{ mean: [1, 2], std: 1 }, 'normalization.mean: expected a finite number, or 3 of them, found [1,2]'],
    [{ mean: 1, std: [1, 2, 3, 4] }, 'normalization.std'],
    [{ mean: 1, std: [] }, 'normalization.std'],
    [{ mean: 1, std: 0 }, 'normalization.std: expected numbers other than 0, found 0'],
    [{ mean: 1, std: [1, 0, 1] }, 'normalization.std'],
    [{ mean: 1, std: 1e-320 }, 'normalization.std'],
    [{ mean: Number.NaN, std: 1 }, 'normalization.mean'],
    [{ mean: [1, 2, Number.POSITIVE_INFINITY], std: 1 }, 'normalization.mean'],
    [{ mean: '127', std: 1 }, 'normalization.mean'],
    [{ mean: 1, std: 1, order: 'grb' }, 'normalization.order: expected rgb or bgr, found "grb"'],
  ])('refuses %j', (statistics, message) => {
    expect(() => normalizationAffine(statistics as never)).toThrow(OptionError)
    expect(() => normalizationAffine(statistics as never)).toThrow(message)
  })

  it('refuses unknown names and broken pixels', () => {
    expect(() => normalize(new Uint8Array(3), 'mean' as never)).toThrow(OptionError)
    expect(() => normalizationAffine('valueOf' as never)).toThrow(OptionError)
    expect(() => normalize(new Uint8Array(4), 'unit')).toThrow(ShapeError)
  })
})

describe('grey levels', () => {
  it("are Pillow's luma", () => {
    // 0.299, 0.587 and 0.114 of 255, rounded.
    const primaries: PixelImage = {
      width: 4,
      height: 1,
      channels: 4,
      data: Uint8Array.of(255, 0, 0, 9, 0, 255, 0, 9, 0, 0, 255, 9, 255, 255, 255, 9),
    }
    expect(Array.from(toGrayscale(primaries))).toEqual([76, 150, 29, 255])
  })
})

describe('preprocess', () => {
  it('crops, resizes and normalizes', () => {
    const input = preprocess(plain(50, 40, 0, 51, 255), slim, [2, 3])
    expect(input).toHaveLength(2 * 3 * 3)
    for (let i = 0; i < input.length; i++) expect(input[i]).toBeCloseTo([-1, -0.6, 1][i % 3]!, 6)
  })

  it.each([
    [1, 1],
    [1, 3000],
    [3000, 1],
    [2, 60_000],
    [maxImageSide, 1],
    [1, maxImageSide],
  ])('takes a picture of %i x %i', (width, height) => {
    for (const preprocessing of [slim, torch]) {
      const input = preprocess(plain(width, height, 10, 20, 30), preprocessing, [32, 48])
      const { scale, offset } = normalizationAffine(preprocessing.normalization)
      for (let i = 0; i < input.length; i++) {
        expect(input[i]).toBeCloseTo((i % 3 === 0 ? 10 : i % 3 === 1 ? 20 : 30) * scale[i % 3]! + offset[i % 3]!, 5)
      }
    }
  })

  it('takes what a canvas hands out', () => {
    const data = Uint8ClampedArray.from([10, 20, 30, 255, 10, 20, 30, 0])
    const input = preprocess(fromImageData({ width: 2, height: 1, data }), { ...slim, normalization: 'raw' }, [1, 1])
    expect(Array.from(input)).toEqual([10, 20, 30])
  })
})

describe('resampling that is none', () => {
  it.each([null, undefined, 'bilinear', { filter: 'bilinear' }, { filter: 'lanczos', antialias: true }])(
    '%o',
    resampling => {
      expect(() => preprocess(plain(2, 2, 0, 0, 0), { ...slim, resampling: resampling as never }, [2, 2])).toThrow(
        OptionError,
      )
    },
  )
})

describe('pictures that are none', () => {
  const good = plain(4, 2, 1, 2, 3)
  const bad: [string, object][] = [
    ['image data of 4x2 pixels, 3 channels', { data: new Uint8Array(23) }],
    ['image data of 4x2 pixels, 4 channels', { channels: 4 }],
    ['image data', { data: new Float32Array(24) }],
    ['image data', { data: [1, 2, 3] }],
    ['image channels', { channels: 1 }],
    ['image width', { width: 0 }],
    ['image width', { width: Number.NaN }],
    ['image height', { height: 2.5 }],
    ['image height', { height: -2 }],
    ['image height', { height: 2 ** 40 }],
    ['image width', { width: maxImageSide + 1 }],
  ]

  it.each(bad)('%s: %o', (where, change) => {
    const image = { ...good, ...change } as PixelImage
    for (const use of [() => preprocess(image, slim, [2, 2]), () => toGrayscale(image)]) {
      expect(use).toThrow(ShapeError)
      expect(use).toThrow(`${where}: expected`)
    }
  })

  it.each([null, undefined, 'cat.png'])('%o', image => {
    expect(() => preprocess(image as never, slim, [2, 2])).toThrow('image: expected { width, height, channels, data }')
  })

  it('of a canvas, too', () => {
    expect(() => fromImageData({ width: 2, height: 2, data: new Uint8ClampedArray(15) })).toThrow(ShapeError)
  })
})
