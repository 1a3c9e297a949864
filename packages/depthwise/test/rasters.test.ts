import { FormatError } from '@depthwise/core'
import { describe, expect, test } from 'vitest'
import { decodeImage, maxPixels } from '../src/node/decode.ts'
import { decodeBmp } from '../src/node/rasters/bmp.ts'
import { RasterError } from '../src/node/rasters/raster.ts'
import { type BitmapSpec, bitmap } from './bitmap.ts'

const decoded = async (bytes: Uint8Array, alpha = false) => {
  const { width, height, channels, data } = await decodeImage(bytes, 'x', { alpha })
  return {
    width,
    height,
    channels,
    pixels: Array.from({ length: width * height }, (_, i) => [...data.slice(i * channels, (i + 1) * channels)]),
  }
}

const [black, white, red, green, blue] = [
  [0, 0, 0],
  [255, 255, 255],
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
] as const
/** As palettes have them: blue first, a byte of nothing last. */
const palette = [0, 0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0]
const rows: readonly (readonly number[])[] = [
  [1, 2, 3],
  [4, 0, 1],
]
const named = [black, white, red, green, blue]
const expected = rows.flat().map(index => named[index])
const pad = (row: readonly number[]): number[] => [...row, ...Array((4 - (row.length % 4)) % 4).fill(0)]
const upward = (row: (indices: readonly number[]) => readonly number[]): number[] =>
  rows.toReversed().flatMap(each => pad(row(each)))
const bgr = (indices: readonly number[]): number[] =>
  indices.flatMap(i => [...(named[i] as readonly number[])].reverse())
const word = (value: number): number[] => [value & 255, (value >> 8) & 255]
const fives = (indices: readonly number[]): number[] =>
  indices.flatMap(i => {
    const [r = 0, g = 0, b = 0] = named[i] ?? []
    return word(((r >> 3) << 10) | ((g >> 3) << 5) | (b >> 3))
  })

describe('BMP: six pixels, three in a row', () => {
  test.each<[what: string, spec: Omit<BitmapSpec, 'width' | 'height'> & { height?: number }]>([
    ['24 bits', { bits: 24, pixels: upward(bgr) }],
    ['24 bits, rows from the top', { bits: 24, height: -2, pixels: rows.flatMap(row => pad(bgr(row))) }],
    ['24 bits, pixels behind a gap', { bits: 24, gap: 6, pixels: upward(bgr) }],
    ['24 bits, without the last padding', { bits: 24, pixels: upward(bgr).slice(0, -3) }],
    ["24 bits of OS/2's header", { bits: 24, header: 12, pixels: upward(bgr) }],
    ['32 bits, whose last byte means nothing', { bits: 32, pixels: upward(row => row.flatMap(i => [...bgr([i]), i])) }],
    [
      '32 bits by masks, red last',
      {
        bits: 32,
        compression: 3,
        masks: [0xff, 0xff00, 0xff0000],
        pixels: upward(row => row.flatMap(i => [...(named[i] ?? []), 9])),
      },
    ],
    ['16 bits, five each', { bits: 16, pixels: upward(fives) }],
    ['8 bits', { bits: 8, palette, colours: 5, pixels: upward(row => row) }],
    [
      "8 bits of OS/2's palette",
      { bits: 8, header: 12, palette: palette.filter((_, i) => i % 4 < 3), pixels: upward(row => row) },
    ],
    ['8 bits under the newest header', { bits: 8, header: 124, palette, colours: 5, pixels: upward(row => row) }],
    ['4 bits', { bits: 4, palette, colours: 5, pixels: upward(([a = 0, b = 0, c = 0]) => [(a << 4) | b, c << 4]) }],
    [
      '8 bits in runs',
      { bits: 8, compression: 1, palette, colours: 5, pixels: [0, 3, 4, 0, 1, 0, 0, 0, 1, 1, 1, 2, 1, 3, 0, 1] },
    ],
    [
      '4 bits in runs',
      { bits: 4, compression: 2, palette, colours: 5, pixels: [2, 0x40, 1, 0x10, 0, 0, 0, 3, 0x12, 0x30, 0, 1] },
    ],
  ])('%s', async (_, { height = 2, ...spec }) => {
    const { channels, ...found } = await decoded(bitmap({ width: 3, height, ...spec }))
    expect(found).toEqual({ width: 3, height: 2, pixels: expected })
    expect(channels).toBe(3)
  })

  test('1 bit, more pixels than bits of a byte', async () => {
    const pixels = [0b10000001, 0b01000000, 0, 0]
    const { pixels: found } = await decoded(
      bitmap({ width: 10, height: 1, bits: 1, palette: palette.slice(0, 8), pixels }),
    )
    expect(found.map(([r]) => (r === 255 ? 1 : 0)).join('')).toBe('1000000101')
  })

  test('alpha where a mask states it, on white where it is not asked for', async () => {
    const masks = [0xff0000, 0xff00, 0xff, 0xff000000]
    const bytes = bitmap({ width: 1, height: 1, bits: 32, compression: 3, header: 56, masks, pixels: [3, 2, 1, 128] })
    expect((await decoded(bytes, true)).pixels).toEqual([[1, 2, 3, 128]])
    expect((await decoded(bytes)).pixels).toEqual([[128, 128, 129]])
  })

  test('runs that skip leave the first colour, and those beyond a row are cut', async () => {
    const pixels = [0, 2, 1, 1, 5, 1, 0, 1]
    const { pixels: found } = await decoded(
      bitmap({ width: 3, height: 2, bits: 8, compression: 1, palette, colours: 5, pixels }),
    )
    expect(found).toEqual([black, white, white, black, black, black])
  })

  test.each<[what: string, bytes: Uint8Array, reason: string]>([
    [
      'cut',
      bitmap({ width: 3, height: 2, bits: 24, pixels: upward(bgr) }).subarray(0, 60),
      '21 bytes of pixels expected, 6 found',
    ],
    [
      'cut in its header',
      bitmap({ width: 3, height: 2, bits: 24, pixels: [] }).subarray(0, 40),
      'it breaks off in its header',
    ],
    ['of no pixels', bitmap({ width: 0, height: 2, bits: 24, pixels: [] }), '0x2 pixels'],
    ['of too many pixels', bitmap({ width: 60000, height: 60000, bits: 24, pixels: [] }), '60000x60000, more than'],
    [
      'of too many pixels in runs',
      bitmap({ width: 16000, height: 16000, bits: 8, compression: 1, palette, pixels: [0, 1] }),
      'too few bytes for its pixels',
    ],
    [
      'of runs that break off',
      bitmap({ width: 3, height: 2, bits: 8, compression: 1, palette, pixels: [3, 1, 0] }),
      'it breaks off',
    ],
    ['with a JPEG within', bitmap({ width: 3, height: 2, bits: 0, compression: 4, pixels: [] }), '0 bits per pixel'],
    [
      'compressed otherwise',
      bitmap({ width: 3, height: 2, bits: 24, compression: 4, pixels: [] }),
      'compression 4 of 24 bits',
    ],
    [
      'with colours beyond its palette',
      bitmap({ width: 1, height: 1, bits: 8, palette, colours: 5, pixels: [7, 0, 0, 0] }),
      'colour 7 of a palette of 5',
    ],
  ])('%s is refused in one line', async (_, bytes, reason) => {
    const error = await decodeImage(bytes, 'x').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(FormatError)
    expect(`${error}`).toContain('x: expected an image')
    expect(`${error}`).toContain(`found a damaged one, a BMP picture (${reason}`)
  })

  test('whatever a damaged file says, it is decoded or refused', () => {
    const seeds = [
      bitmap({
        width: 3,
        height: 2,
        bits: 8,
        compression: 1,
        palette,
        colours: 5,
        pixels: [0, 3, 4, 0, 1, 0, 0, 0, 3, 1, 0, 1],
      }),
      bitmap({
        width: 3,
        height: 2,
        bits: 4,
        compression: 2,
        palette,
        colours: 5,
        pixels: [2, 0x40, 1, 0x10, 0, 0, 3, 1, 0, 1],
      }),
      bitmap({ width: 3, height: 2, bits: 16, compression: 3, masks: [0x7c00, 0x3e0, 0x1f], pixels: upward(fives) }),
    ]
    let state = 1
    const random = (below: number): number => {
      state = (state * 1103515245 + 12345) % 2 ** 31
      return Math.floor((state / 2 ** 31) * below)
    }
    for (let i = 0; i < 3000; i++) {
      const bytes = Uint8Array.from(seeds[i % seeds.length] as Uint8Array)
      for (let n = 0; n <= random(3); n++) bytes[14 + random(bytes.length - 14)] = random(256)
      try {
        const { width, height, channels, data } = decodeBmp(bytes.subarray(0, bytes.length - random(4)), 2 ** 20, true)
        expect(data.length).toBe(width * height * channels)
      } catch (error) {
        expect(error).toBeInstanceOf(RasterError)
      }
    }
  })
})

describe('PBM, PGM and PPM', () => {
  const bytes = (head: string, ...values: number[]): Uint8Array => Uint8Array.from([...Buffer.from(head), ...values])
  const greys = [
    [0, 0, 0],
    [255, 255, 255],
  ]
  test.each<[what: string, file: Uint8Array, pixels: readonly (readonly number[])[]]>([
    ['P1', bytes('P1\n# a comment\n2 1\n1 0\n'), greys],
    ['P1 without spaces', bytes('P1 2 1 10'), greys],
    ['P2', bytes('P2 2 1 15\n0 15'), greys],
    ['P3', bytes('P3\n2 1 # size\n255\n255 0 0\n0 0 255\n'), [red, blue]],
    ['P4', bytes('P4\n2 1\n', 0b10111111), greys],
    ['P5', bytes('P5 2 1 255\n', 0, 255), greys],
    ['P5 of 16 bits', bytes('P5 2 1 65535\n', 0, 0, 255, 255), greys],
    ['P5 of few levels', bytes('P5 2 1 5\n', 0, 5), greys],
    ['P6', bytes('P6\n2\n1\n255\n', 255, 0, 0, 0, 0, 255), [red, blue]],
    ['P6 whose first byte looks like a comment', bytes('P6 1 1 255\n', 35, 10, 32), [[35, 10, 32]]],
    ['P6 with another picture behind', bytes('P6 1 1 255\n', 1, 2, 3, ...Buffer.from('P6 1 1 255\n456')), [[1, 2, 3]]],
  ])('%s', async (_, file, pixels) => {
    expect(await decoded(file)).toEqual({ width: pixels.length, height: 1, channels: 3, pixels })
  })

  test('P4 pads each row to whole bytes', async () => {
    const { pixels } = await decoded(bytes('P4 9 2\n', 0xff, 0x80, 0, 0x80))
    expect(pixels.map(([r]) => (r === 0 ? 1 : 0)).join('')).toBe('111111111000000001')
  })

  test.each<[what: string, file: Uint8Array, reason: string]>([
    ['cut', bytes('P6 9 9 255\n', 1, 2, 3), '243 bytes of pixels expected, 3 found'],
    ['cut in text', bytes('P2 2 2 255\n1 22 3'), 'no number at byte'],
    ['far too short', bytes('P3 16000 16000 255\n1 2 3'), 'bytes of pixels expected'],
    ['without a size', bytes('P5 \n'), 'no number at byte'],
    ['of too many pixels', bytes('P5 60000 60000 255\n'), '60000x60000, more than'],
    ['of no levels', bytes('P5 1 1 0\n', 1), 'levels up to 0'],
    ['beyond its levels', bytes('P2 1 1 9\n10'), 'a level of 10, of 9 at most'],
  ])('%s is refused in one line', async (_, file, reason) => {
    await expect(decodeImage(file, 'x')).rejects.toThrow(FormatError)
    await expect(decodeImage(file, 'x')).rejects.toThrow(/found a damaged one, a PBM, PGM or PPM picture \(.*\)$/)
    await expect(decodeImage(file, 'x')).rejects.toThrow(reason)
  })
})

test('text that begins in the same way is no image', async () => {
  for (const text of ['BMW and others, a list of cars and their makers', 'P6', 'P66 1 1', 'Pictures']) {
    await expect(decodeImage(new TextEncoder().encode(text), 'x')).rejects.toThrow('found a text file')
  }
  expect(maxPixels).toBe(2 ** 28)
})
