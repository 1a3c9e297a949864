import type { Crop } from '@depthwise/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { letterbox, letterboxOf, windowOf } from '../src/heads/index.ts'
import { createClassifier } from '../src/index.ts'
import { viewOf } from '../src/pixels/index.ts'
import { recordedBackend, recordedModel } from './recorded-model.ts'

const side = fc.integer({ min: 1, max: 2000 })
const size = fc.tuple(side, side)

describe('where the input lies on an image', () => {
  it('is where a letterbox puts it, so that the corners of the image come back', () => {
    fc.assert(
      fc.property(size, size, (image, target) => {
        const box = letterboxOf(image, target)
        const { left, top, width, height } = windowOf('letterbox', image, target)
        expect(left + (box.left / target[1]) * width).toBeCloseTo(0, 6)
        expect(top + (box.top / target[0]) * height).toBeCloseTo(0, 6)
        expect(left + ((box.left + box.width) / target[1]) * width).toBeCloseTo(image[1], 6)
        expect(top + ((box.top + box.height) / target[0]) * height).toBeCloseTo(image[0], 6)
        // One axis is filled, and no margin is more than a pixel wider than the other.
        expect(box.width === target[1] || box.height === target[0]).toBe(true)
        expect(target[0] - box.height - 2 * box.top).toBeGreaterThanOrEqual(0)
        expect(target[0] - box.height - 2 * box.top).toBeLessThanOrEqual(1)
      }),
    )
  })

  it.each<Crop>(['squeeze', 'slim', 'torch', { kind: 'centre', fraction: 0.9 }])(
    '%o: is the view of the crop',
    crop => {
      const image = [300, 500] as const
      const target = [224, 224] as const
      const { source, scaled, window } = viewOf(crop, image, target)
      const seen = windowOf(crop, image, target)
      // The view, worked out the other way round: a pixel of the input to the image.
      for (const pixel of [0, 10, 224]) {
        const x = source.left + ((pixel + window.left) * source.width) / scaled[1]
        const y = source.top + ((pixel + window.top) * source.height) / scaled[0]
        expect(seen.left + (pixel / 224) * seen.width).toBeCloseTo(x, 9)
        expect(seen.top + (pixel / 224) * seen.height).toBeCloseTo(y, 9)
      }
    },
  )
})

describe('a letterbox', () => {
  const white = { width: 4, height: 2, channels: 3, data: new Uint8Array(24).fill(255) } as const

  it('is the image in the middle of black', () => {
    const boxed = letterbox(white, [4, 4])
    const rows = [0, 1, 2, 3].map(row => boxed.data[row * 12])
    expect(rows).toEqual([0, 255, 255, 0])
    expect(boxed).toMatchObject({ width: 4, height: 4, channels: 3 })
  })

  it('holds for slivers, and without antialias', () => {
    const sliver = { width: 1, height: 3000, channels: 3, data: new Uint8Array(9000).fill(9) } as const
    const boxed = letterbox(sliver, [8, 8], { filter: 'bicubic', antialias: false })
    expect([...boxed.data].filter(byte => byte === 9).length).toBe(8 * 3)
  })

  it('is what prepares images for any classifier', async () => {
    const outputs = { scores: { shape: [1, 2], data: Float32Array.of(0, 1) } }
    const backend = recordedBackend(outputs)
    const model = recordedModel([4, 4], outputs)
    await using classifier = await createClassifier(model, {
      backends: [backend],
      preprocessing: { crop: 'letterbox', normalization: 'raw' },
      prepare: letterbox,
    })
    await classifier.classify(white)
    const [seen] = backend.inputs as [Float32Array]
    expect([0, 1, 2, 3].map(row => seen[row * 12])).toEqual([0, 255, 255, 0])
  })
})
