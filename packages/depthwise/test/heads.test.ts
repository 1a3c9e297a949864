import { readFile } from 'node:fs/promises'
import { GraphBuilder, ShapeError, tensor } from '@depthwise/core'
import { readTFLite } from '@depthwise/formats'
import { checkpoint, describeShared, photo, shared } from '@depthwise/testing/shared-folder'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { load } from '../src/index.ts'

const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
beforeEach(() => warn.mockClear())

const warnings = (): string => warn.mock.calls.flat().join('\n')

/** A network that finds red: one convolution, or one for each of several classes. */
function red(filters: number, metadata = {}) {
  const b = new GraphBuilder()
  const map = b.conv2d(b.input([1, 8, 8, 3], { name: 'image' }), { name: 'red', filters, kernel: 1 })
  const graph = b.build([filters === 1 ? b.sigmoid(map, { name: 'mask' }) : map])
  const weights = Array.from({ length: 3 * filters }, (_, i) => (i === filters - 1 ? 20 : i < filters ? 0 : -20))
  const params = new Map([
    ['red/weights', tensor([1, 1, 3, filters], weights)],
    ['red/bias', tensor([filters], new Array(filters).fill(-10))],
  ])
  return { graph, params, metadata }
}

const solid = (rgb: readonly number[], width: number, height: number) => ({
  width,
  height,
  channels: 3 as const,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => rgb[i % 3] as number),
})

describeShared('BlazeFace', () => {
  const path = `${shared}heads/blazeface_short_range_float16.tflite`
  const portrait = `${shared}heads/photos/portrait.jpg`

  it('finds faces and their keypoints, and says what it assumed', async () => {
    await using net = await load(path)
    expect(net.info).toMatchObject({
      task: 'detection',
      size: [128, 128],
      preprocessing: { crop: 'letterbox', normalization: 'signed' },
      preprocessingFrom: { crop: 'architecture', resampling: 'architecture', normalization: 'architecture' },
    })
    expect(warnings()).toContain("its crop is that of its kind (preprocessing: { crop: 'letterbox' })")
    expect(warnings()).toContain("its normalization is that of its kind (preprocessing: { normalization: 'signed' })")
    const [face, ...others] = await net.detect(portrait)
    expect(others).toEqual([])
    expect(face).toMatchObject({ label: 'face', index: 0 })
    expect(face?.box.map(Math.round)).toEqual([288, 119, 521, 350])
    const [same] = await net.keypoints(portrait)
    expect(same?.keypoints).toEqual(face?.keypoints)
    expect(await net.detect(portrait, { threshold: 0.99 })).toEqual([])
    await expect(net.segment(portrait)).rejects.toThrow(ShapeError)
    await expect(net.classify(portrait)).rejects.toThrow('expected one output, found 2')
  })

  it('moves to another backend with all of its tasks, and closes', async () => {
    const net = await load(path, { preprocessing: { crop: 'letterbox', normalization: 'signed' } })
    expect(warnings()).toBe('')
    const before = await net.detect(portrait)
    await net.keypoints(portrait)
    await net.use('reference')
    expect(net.info.backend).toBe('reference')
    const after = await net.detect(portrait)
    expect(after[0]?.score).toBeCloseTo(before[0]?.score as number, 4)
    await net.close()
    await expect(net.detect(portrait)).rejects.toThrow('net: expected an open network')
  })
})

describe('a network of one map', () => {
  it('segments, with a mask where it is of one thing', async () => {
    const preprocessing = { crop: 'squeeze', normalization: 'unit' } as const
    await using net = await load(red(1, { labels: ['ground', 'red'], preprocessing }))
    expect(net.info).toMatchObject({ task: 'segmentation', labels: ['ground', 'red'] })
    const { present, mask, width, height } = await net.segment(solid([255, 0, 0], 5, 3))
    expect([width, height, mask?.length]).toEqual([5, 3, 15])
    expect(present).toEqual([{ index: 1, label: 'red', pixels: 15 }])
    const small = await net.segment(solid([0, 0, 255], 5, 3), { size: 'network' })
    expect(small).toMatchObject({ width: 8, height: 8, present: [{ index: 0, label: 'ground', pixels: 64 }] })
    expect(warnings()).toBe('')
    await expect(net.detect(solid([0, 0, 0], 2, 2))).rejects.toThrow('outputs of the detector: expected boxes')
  })

  it('has the names of Pascal VOC where it has 21 classes, which is said', async () => {
    await using net = await load(red(21))
    expect(net.info.labels.slice(0, 3)).toEqual(['background', 'aeroplane', 'bicycle'])
    expect(warnings()).toContain("its classes are Pascal VOC's (labels)")
    expect((await net.segment(solid([255, 0, 0], 2, 2))).present).toMatchObject([{ label: 'tvmonitor' }])
    await using named = await load(red(21), { labels: Array.from({ length: 21 }, (_, i) => `thing ${i}`) })
    expect((await named.segment(solid([255, 0, 0], 2, 2))).present).toMatchObject([{ label: 'thing 20' }])
  })

  it('still embeds, as a map of features', async () => {
    await using net = await load(red(4))
    expect((await net.embed(solid([255, 0, 0], 2, 2))).length).toBe(4)
  })
})

describeShared('a classifier', () => {
  afterEach(() => expect(warnings()).toBe(''))

  it('gives no boxes, masks or keypoints, and says what it gives', async () => {
    await using net = await load(checkpoint('mobilenet_v1_0.25_128_quant.tflite'))
    expect(net.info.task).toBe('classification')
    for (const ask of ['detect', 'segment', 'keypoints'] as const) {
      await expect(net[ask](photo('cat.png'))).rejects.toThrow(ShapeError)
      await expect(net[ask](photo('cat.png'))).rejects.toThrow('1x1001')
    }
  })
})

describeShared('a network in memory', () => {
  it('finds what its file decodes behind it', async () => {
    const model = await readTFLite(await readFile(`${shared}heads/ssd_mobilenet_v1_coco_uint8.tflite`))
    await using net = await load(model)
    const [best] = await net.detect(`${shared}heads/photos/cats_and_dogs.jpg`)
    expect(best).toMatchObject({ label: 'cat', index: 16 })
    await expect(net.classify(`${shared}heads/photos/cat.jpg`)).rejects.toThrow(ShapeError)
  })
})
