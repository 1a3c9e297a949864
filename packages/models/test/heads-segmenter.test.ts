import { type Op, OptionError, ShapeError } from '@depthwise/core'
import { describeShared } from '@depthwise/testing/shared-folder'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSegmenter, type Segmentation, type SegmenterOptions } from '../src/heads/index.ts'
import { type Recorded, readShared, recorded, recordedBackend, recordedModel } from './recorded-model.ts'

const make = (output: Recorded & { readonly op?: Op }, options: Partial<SegmenterOptions> = {}, side = 16) => {
  const model = recordedModel([side, side], { map: output })
  return createSegmenter(model, { backends: [recordedBackend({ map: output })], ...options })
}

const imageOf = (width: number, height: number) =>
  ({ width, height, channels: 3, data: new Uint8Array(width * height * 3) }) as const

const sum = (found: Segmentation): number => found.present.reduce((total, { pixels }) => total + pixels, 0)

describeShared('recorded outputs', () => {
  it('a mask at the size of the photo is the published one, by more than 0.98', async () => {
    const photo = await readShared('heads/photos/portrait.jpg')
    await using segmenter = await make(
      { ...recorded('selfie_segmentation_float16.portrait.output.mask'), op: { kind: 'sigmoid' } },
      {},
      256,
    )
    expect(segmenter.preprocessing).toMatchObject({ crop: 'squeeze', normalization: 'unit' })
    const { width, height, classes, mask, present } = await segmenter.segment(photo)
    expect([width, height, mask?.length]).toEqual([photo.width, photo.height, photo.width * photo.height])
    expect(present.map(({ label }) => label).toSorted()).toEqual(['background', 'person'])
    const stated = await readShared('heads/photos/portrait_segmentation.png')
    let both = 0
    let either = 0
    for (let i = 0; i < classes.length; i++) {
      const isPerson = stated.data[i * stated.channels + 2]! > 127
      both += Number(isPerson && classes[i] === 1)
      either += Number(isPerson || classes[i] === 1)
    }
    expect(both / either).toBeGreaterThan(0.98)
  })

  it('a map of classes stays as it is where the photo has its size', async () => {
    const output = recorded('deeplab_v3_mnv2_dm05_513_uint8.bird_segmentation.output.classes')
    const map = { shape: output.shape, data: Int32Array.from(output.data), dtype: 'int32' } as const
    await using segmenter = await make(map, {}, 513)
    const { classes } = await segmenter.segment(imageOf(513, 513))
    expect(Buffer.from(classes).equals(Buffer.from(output.data))).toBe(true)
    const stated = await readShared('heads/photos/bird_segmentation_mask.png')
    let equal = 0
    for (let i = 0; i < classes.length; i++) {
      const value = stated.data[i * stated.channels]!
      equal += Number((value === 255 ? 0 : value) === classes[i])
    }
    expect(equal / (2 * classes.length - equal)).toBeGreaterThan(0.9)
  })
})

/** Bilinear interpolation at a place, in the plainest way: the four cells around it by their distances. */
function valueAt(
  data: ArrayLike<number>,
  [rows, columns, channels]: readonly number[],
  y: number,
  x: number,
  c: number,
) {
  let total = 0
  for (let row = 0; row < rows!; row++) {
    for (let column = 0; column < columns!; column++) {
      const down = Math.max(0, 1 - Math.abs(Math.max(0, Math.min(rows! - 1, y)) - row))
      const across = Math.max(0, 1 - Math.abs(Math.max(0, Math.min(columns! - 1, x)) - column))
      if (down * across > 0) total += down * across * data[(row * columns! + column) * channels! + c]!
    }
  }
  return total
}

describe('the best class of each pixel', () => {
  const scene = fc
    .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 4 }))
    .chain(shape =>
      fc.record({
        shape: fc.constant(shape),
        data: fc.array(fc.double({ min: -5, max: 5, noNaN: true }), {
          minLength: shape[0] * shape[1] * shape[2],
          maxLength: shape[0] * shape[1] * shape[2],
        }),
        width: fc.integer({ min: 1, max: 12 }),
        height: fc.integer({ min: 1, max: 12 }),
      }),
    )

  it('is that of logits resized bilinearly, centres on centres', async () => {
    await fc.assert(
      fc.asyncProperty(scene, async ({ shape, data, width, height }) => {
        const logits = { shape: [1, ...shape], data: Float32Array.from(data) }
        await using segmenter = await make(logits)
        const found = await segmenter.segment(imageOf(width, height))
        expect([found.width, found.height, sum(found)]).toEqual([width, height, width * height])
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const place = [((y + 0.5) / height) * shape[0] - 0.5, ((x + 0.5) / width) * shape[1] - 0.5] as const
            const values = Array.from({ length: shape[2] }, (_, c) => valueAt(logits.data, shape, ...place, c))
            const chosen = found.classes[y * width + x]!
            expect(values[chosen]!).toBeGreaterThan(Math.max(...values) - 1e-9)
            if (shape[2] !== 2) continue
            const chance = 1 / (1 + Math.exp(values[0]! - values[1]!))
            expect(found.mask?.[y * width + x]).toBeCloseTo(chance, 5)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('is the first of equals, and never one that is NaN', async () => {
    const data = Float32Array.of(1, 1, 0, Number.NaN, 0, 1, Number.NaN, Number.NaN, Number.NaN, -1, -2, -1)
    await using segmenter = await make({ shape: [1, 2, 2, 3], data }, { size: 'network' })
    const { classes, mask, present } = await segmenter.segment(imageOf(9, 9))
    expect([...classes]).toEqual([0, 2, 0, 0])
    expect(mask).toBeUndefined()
    expect(present).toEqual([
      { index: 0, label: 'class 0', pixels: 3 },
      { index: 2, label: 'class 2', pixels: 1 },
    ])
    expect((await segmenter.segment(imageOf(9, 9), { size: 'image' })).classes.length).toBe(81)
  })

  it('of a map of indices is the nearest, at any size', async () => {
    const data = Int32Array.of(3, 300, 0, 1)
    await using segmenter = await make({ shape: [1, 2, 2], data, dtype: 'int32' })
    const { classes } = await segmenter.segment(imageOf(3, 2))
    expect(classes).toEqual(Uint16Array.of(3, 300, 300, 0, 1, 1))
  })

  it('leaves out the margins of a letterbox', async () => {
    // A wide photo on a square of 4 x 4 takes rows 1 and 2.
    const data = Float32Array.from({ length: 32 }, (_, i) =>
      i % 2 === 0 ? Number([0, 3].includes(Math.floor(i / 8))) : 0.5,
    )
    await using segmenter = await make({ shape: [1, 4, 4, 2], data }, { preprocessing: { crop: 'letterbox' } })
    const { present } = await segmenter.segment(imageOf(400, 200))
    expect(present[0]).toMatchObject({ index: 1 })
    expect(present[0]!.pixels).toBeGreaterThan(0.7 * 400 * 200)
  })
})

describe('a mask', () => {
  it('of logits is their sigmoid', async () => {
    await using segmenter = await make({ shape: [1, 1, 2, 1], data: Float32Array.of(-2, 2) }, { size: 'network' })
    const { mask, classes } = await segmenter.segment(imageOf(2, 2))
    expect(mask?.[0]).toBeCloseTo(1 / (1 + Math.exp(2)))
    expect([...classes]).toEqual([0, 1])
    expect(segmenter.labels).toEqual(['background', 'person'])
  })
})

describe('what is no segmenter', () => {
  it.each<[Recorded, string]>([
    [{ shape: [1, 1001], data: new Float32Array(1001) }, 'found map 1x1001'],
    [{ shape: [1, 1, 1, 1001], data: new Float32Array(1001) }, 'found map 1x1x1x1001'],
    [{ shape: [1, 1, 17, 3], data: new Float32Array(51) }, 'found map 1x1x17x3'],
  ])('is refused, saying what it gives', async (output, found) => {
    await expect(make(output)).rejects.toThrow(ShapeError)
    await expect(make(output)).rejects.toThrow(`${found}`)
  })

  it('as are labels of another count and unknown sizes', async () => {
    const logits = { shape: [1, 2, 2, 3], data: new Float32Array(12) }
    await expect(make(logits, { labels: ['a'] })).rejects.toThrow('option labels: expected 3, one a class, found 1')
    await expect(make(logits, { size: 'large' as never })).rejects.toThrow(OptionError)
    await using segmenter = await make(logits)
    await expect(segmenter.segment(imageOf(2, 2), { size: 'large' as never })).rejects.toThrow('option size')
  })
})
