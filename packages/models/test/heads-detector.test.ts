import { readFileSync } from 'node:fs'
import { type Op, OptionError, ShapeError } from '@depthwise/core'
import { describeShared, shared, sharedBytes } from '@depthwise/testing/shared-folder'
import { describe, expect, it } from 'vitest'
import {
  createDetector,
  createKeypoints,
  type DetectorOptions,
  generateAnchors,
  letterbox,
  ssdAnchors,
} from '../src/heads/index.ts'
import { type FileTensor, readReals, readTFLite, reference, TFLiteFile, wasm } from './neighbours.ts'
import { largestDifference } from './pixels-golden.ts'
import { type Recorded, readShared, recorded, recordedBackend, recordedModel } from './recorded-model.ts'

const image = { width: 200, height: 100, channels: 3, data: new Uint8Array(200 * 100 * 3) } as const
const photoOf = (name: string): string => (name === 'grace_hopper' ? `photos/${name}.png` : `heads/photos/${name}.jpg`)

const reals = (shape: readonly number[], values: readonly number[] = []): Recorded => {
  const data = new Float32Array(shape.reduce((product, extent) => product * extent, 1))
  data.set(values)
  return { shape, data }
}

describeShared('BlazeFace', () => {
  const net = 'blazeface_short_range_float16'
  const load = () => readTFLite(sharedBytes(`heads/${net}.tflite`))

  it.each(['portrait', 'face', 'grace_hopper'])('%s: the letterboxed input is the recorded one', async photo => {
    const boxed = letterbox(await readShared(photoOf(photo)), [128, 128])
    const values = Float32Array.from(boxed.data, byte => byte / 127.5 - 1)
    // Decoders of JPEG differ by a step of a pixel here and there.
    expect(largestDifference(values, recorded(`${net}.${photo}.input`).data)).toBeLessThan(0.05)
  })

  it.each(['portrait', 'face', 'grace_hopper'])('%s: finds the recorded faces', async photo => {
    const expected = JSON.parse(readFileSync(`${shared}heads/golden/${net}.${photo}.detections.json`, 'utf8')) as {
      score: number
      box_xyxy: number[]
      keypoints_xy: number[][]
    }[]
    for (const backend of [reference(), wasm()]) {
      await using detector = await createDetector(await load(), { backends: [backend] })
      expect(detector.preprocessing).toMatchObject({ crop: 'letterbox', normalization: 'signed' })
      expect(detector.assumed).toEqual(['crop', 'resampling', 'normalization'])
      const faces = await detector.detect(await readShared(photoOf(photo)))
      expect(faces.length).toBe(expected.length)
      for (const [i, { score, box_xyxy, keypoints_xy }] of expected.entries()) {
        const face = faces[i]!
        expect(face).toMatchObject({ label: 'face', index: 0 })
        expect(face.score).toBeCloseTo(score, 2)
        expect(largestDifference(face.box, box_xyxy)).toBeLessThan(1)
        const points = face.keypoints!.flatMap(({ x, y }) => [x, y])
        expect(largestDifference(points, keypoints_xy.flat())).toBeLessThan(1)
        expect(face.keypoints!.map(({ name }) => name)).toEqual([
          'right eye',
          'left eye',
          'nose tip',
          'mouth centre',
          'right ear tragion',
          'left ear tragion',
        ])
      }
    }
  })

  it('decodes recorded outputs as they were decoded, to the hundredth of a pixel', async () => {
    for (const photo of ['portrait', 'face', 'grace_hopper']) {
      const outputs = Object.fromEntries(
        ['regressors', 'classificators'].map(name => [name, recorded(`${net}.${photo}.output.${name}`)]),
      )
      const model = recordedModel([128, 128], outputs)
      await using detector = await createDetector(model, { backends: [recordedBackend(outputs)] })
      const faces = await detector.detect(await readShared(photoOf(photo)))
      const expected = JSON.parse(readFileSync(`${shared}heads/golden/${net}.${photo}.detections.json`, 'utf8')) as {
        score: number
        box_xyxy: number[]
        keypoints_xy: number[][]
      }[]
      expect(faces.map(({ score }) => score.toFixed(5))).toEqual(expected.map(({ score }) => score.toFixed(5)))
      for (const [i, { box, keypoints }] of faces.entries()) {
        expect(largestDifference(box, expected[i]!.box_xyxy)).toBeLessThan(0.011)
        const points = keypoints!.flatMap(({ x, y }) => [x, y])
        expect(largestDifference(points, expected[i]!.keypoints_xy.flat())).toBeLessThan(0.011)
      }
    }
  })

  it('decodes both outputs in one, as the files of TensorFlow.js have them', async () => {
    const boxes = recorded(`${net}.portrait.output.regressors`).data
    const scores = recorded(`${net}.portrait.output.classificators`).data
    const joined = Float32Array.from({ length: 896 * 17 }, (_, i) => {
      const [row, column] = [Math.floor(i / 17), i % 17]
      return (column === 0 ? scores[row] : boxes[row * 16 + column - 1]) as number
    })
    const outputs = { out: { shape: [1, 896, 17], data: joined } }
    const image = await readShared('heads/photos/portrait.jpg')
    await using detector = await createDetector(recordedModel([128, 128], outputs), {
      backends: [recordedBackend(outputs)],
    })
    const [face, ...others] = await detector.detect(image)
    expect(others).toEqual([])
    expect(face?.box.map(Math.round)).toEqual([288, 119, 521, 350])
  })

  it('gives faces as keypoints, with their boxes', async () => {
    await using points = await createKeypoints(await load(), { backends: [wasm()] })
    const [face, ...others] = await points.keypoints(await readShared('heads/photos/portrait.jpg'))
    expect(others).toEqual([])
    expect(face?.box?.length).toBe(4)
    expect(points.names[3]).toBe('mouth centre')
    // tensorflow/tfjs-models states these for its own crop, within 10 pixels.
    const stated = [363, 182, 460, 186, 420, 241, 417, 284, 295, 199, 502, 198]
    expect(
      largestDifference(
        face!.keypoints.flatMap(({ x, y }) => [x, y]),
        stated,
      ),
    ).toBeLessThan(10)
  })
})

describeShared('the outputs of a post-process', () => {
  it.each(['cat', 'cats_and_dogs', 'grace_hopper'])('%s: are boxes in pixels of the photo', async photo => {
    const names = ['boxes', 'classes', 'scores', 'count']
    const outputs = Object.fromEntries(
      names.map(name => [name, recorded(`ssd_mobilenet_v1_coco_uint8.${photo}.output.${name}`)]),
    )
    const labels = readFileSync(`${shared}heads/labels/coco_90.txt`, 'utf8').trim().split('\n')
    const model = recordedModel([300, 300], outputs, { labels })
    await using detector = await createDetector(model, { backends: [recordedBackend(outputs)], threshold: 0 })
    const path = photo === 'cats_and_dogs' ? `heads/photos/${photo}.jpg` : `photos/${photo}.png`
    const { width, height } = await readShared(path)
    const found = await detector.detect({ width, height, channels: 3, data: new Uint8Array(width * height * 3) })
    const expected = JSON.parse(
      readFileSync(`${shared}heads/golden/ssd_mobilenet_v1_coco_uint8.${photo}.detections.json`, 'utf8'),
    ) as { label: string; index: number; score: number; box_yxyx: [number, number, number, number] }[]
    expect(found.map(({ label, index, score }) => ({ label, index, score }))).toEqual(
      expected.map(({ label, index, score }) => ({ label, index, score })),
    )
    for (const [i, { box }] of found.entries()) {
      const [y0, x0, y1, x1] = expected[i]!.box_yxyx
      expect(largestDifference(box, [x0 * width, y0 * height, x1 * width, y1 * height])).toBeLessThan(1e-3)
    }
    expect((await detector.detect(image, { threshold: 0.5 })).every(({ score }) => score >= 0.5)).toBe(true)
    expect((await detector.detect(image, { maxResults: 2 })).length).toBe(2)
  })
})

describeShared('the heads of an SSD, as they enter its post-process', () => {
  const net = 'ssd_mobilenet_v1_coco_uint8'
  const operands = () => {
    const file = new TFLiteFile(sharedBytes(`heads/${net}.tflite`))
    const [boxes, scores, anchors] = [...file.operators()].at(-1)?.inputs.map(index => file.tensor(index, 'test')) ?? []
    return { boxes, scores, anchors: readReals(anchors as Parameters<typeof readReals>[0]) }
  }

  it('have the anchors of TensorFlow, which the file keeps as bytes', () => {
    const generated = generateAnchors(ssdAnchors(recordedModel([300, 300], {})))
    // A step of theirs is 0.0064, half of which rounding may take.
    expect(largestDifference(operands().anchors, generated)).toBeLessThan(0.0033)
  })

  it.each(['cat', 'cats_and_dogs', 'grace_hopper'])('%s: give the recorded objects', async photo => {
    const { anchors, ...quantized } = operands()
    const realsOf = (name: string, { quantization }: Pick<FileTensor, 'quantization'>): Recorded => {
      const { shape, data } = recorded(`${net}.${photo}.output.${name}`)
      const { scales = [], zeroPoints = [] } = quantization ?? {}
      return { shape, data: Float32Array.from(data, stored => (stored - zeroPoints[0]!) * scales[0]!) }
    }
    const boxes = realsOf('box_encodings', quantized.boxes!)
    const scores = realsOf('class_scores', quantized.scores!)
    const outputs = { boxes, scores: { ...scores, op: { kind: 'sigmoid' } as const } }
    const model = recordedModel([300, 300], outputs)
    await using detector = await createDetector(model, {
      backends: [recordedBackend(outputs)],
      suppression: 'fast',
      anchors,
      threshold: 0,
      maxResults: 10,
    })
    const found = await detector.detect({ width: 300, height: 300, channels: 3, data: new Uint8Array(3 * 90_000) })
    const expected = JSON.parse(readFileSync(`${shared}heads/golden/${net}.${photo}.detections.json`, 'utf8')) as {
      index: number
      score: number
      box_yxyx: [number, number, number, number]
    }[]
    expect(found.map(({ index, score }) => [index, score])).toEqual(expected.map(({ index, score }) => [index, score]))
    for (const [i, { box_yxyx }] of expected.entries()) {
      const [y0, x0, y1, x1] = box_yxyx.map(share => share * 300) as [number, number, number, number]
      expect(largestDifference(found[i]!.box, [x0, y0, x1, y1])).toBeLessThan(1e-4)
    }
  })
})

describe('the outputs of a post-process, made up', () => {
  const make = (count: number, scores: readonly number[], boxes: readonly (readonly number[])[], classes: number[]) => {
    const outputs = {
      boxes: reals([1, 3, 4], boxes.flat()),
      classes: reals([1, 3], classes),
      scores: reals([1, 3], scores),
      count: reals([1], [count]),
    }
    return { model: recordedModel([10, 10], outputs), backends: [recordedBackend(outputs)] }
  }
  const everywhere = [0, 0, 1, 1]

  it('only as many as it counts, and no score or box that is NaN', async () => {
    const { model, backends } = make(2, [0.9, Number.NaN, 0.8], [everywhere, everywhere, everywhere], [1, 2, 3])
    await using detector = await createDetector(model, { backends })
    expect(await detector.detect(image)).toEqual([
      { index: 1, label: 'class 1', score: expect.closeTo(0.9), box: [0, 0, 200, 100] },
    ])
    const nowhere = make(3, [0.9, 0.8, 0.7], [[0, Number.NaN, 1, 1], [0, 0, Infinity, 1], everywhere], [1, 2, 3])
    await using other = await createDetector(nowhere.model, { backends: nowhere.backends })
    expect((await other.detect(image)).map(({ index }) => index)).toEqual([3])
    for (const count of [0, -1, Number.NaN]) {
      const none = make(count, [0.9, 0.9, 0.9], [everywhere, everywhere, everywhere], [0, 0, 0])
      await using empty = await createDetector(none.model, { backends: none.backends })
      expect(await empty.detect(image)).toEqual([])
    }
  })

  it('are suppressed once more where the caller says how far boxes may overlap', async () => {
    const boxes = [everywhere, [0, 0, 1, 0.9], [0, 0, 1, 0.9]]
    const { model, backends } = make(3, [0.9, 0.8, 0.7], boxes, [1, 1, 2])
    await using detector = await createDetector(model, { backends })
    expect((await detector.detect(image)).map(({ score }) => score.toFixed(1))).toEqual(['0.9', '0.8', '0.7'])
    expect((await detector.detect(image, { iouThreshold: 0.5 })).map(({ score }) => score.toFixed(1))).toEqual([
      '0.9',
      '0.7',
    ])
  })
})

describe('the heads of an SSD', () => {
  const anchors = 60 * 60 * 3 // never asked for: an input of 1 cell a layer has 3 + 5 * 6
  const count = 33
  const scoresOf = (columns: number, entries: readonly [row: number, column: number, score: number][]): Recorded => {
    const scores = reals([1, count, columns])
    for (const [row, column, score] of entries) (scores.data as Float32Array)[row * columns + column] = score
    return scores
  }
  const make = (
    columns: number,
    entries: readonly [number, number, number][],
    options: Partial<DetectorOptions> = {},
    op: Op = { kind: 'sigmoid' },
  ) => {
    const outputs = {
      box_encodings: reals([1, count, 1, 4]),
      class_scores: { ...scoresOf(columns, entries), op },
    }
    const model = recordedModel([16, 16], outputs)
    return createDetector(model, { backends: [recordedBackend(outputs)], ...options })
  }

  it('give boxes of anchors, class-wise or fast', async () => {
    const entries: [number, number, number][] = [
      [0, 1, 0.9],
      [9, 1, 0.8],
      [9, 2, 0.7],
    ]
    await using detector = await make(3, entries, { hasBackground: true })
    const found = await detector.detect(image)
    expect(found.map(({ index, score }) => [index, Number(score.toFixed(2))])).toEqual([
      [0, 0.9],
      [0, 0.8],
      [1, 0.7],
    ])
    // The first anchor is a tenth of the input, around its centre.
    expect(largestDifference(found[0]!.box, [90, 45, 110, 55])).toBeLessThan(1e-4)
    await using fast = await make(3, entries, { hasBackground: true, suppression: 'fast' })
    expect((await fast.detect(image)).map(({ index }) => index)).toEqual([0, 0])
    await using all = await make(3, entries)
    expect((await all.detect(image)).map(({ index }) => index)).toEqual([1, 1, 2])
  })

  it('give logits, where their values are not kept between 0 and 1', async () => {
    const entries: [number, number, number][] = [[0, 1, 2]]
    await using detector = await make(2, entries, { threshold: 0.6 }, { kind: 'reshape', shape: [count, 2] } as never)
    expect((await detector.detect(image)).map(({ score }) => score)).toEqual([expect.closeTo(1 / (1 + Math.exp(-2)))])
  })

  it('have a background where there is a column more than labels', async () => {
    await using detector = await make(3, [[0, 1, 0.9]], { labels: ['cat', 'dog'] })
    expect((await detector.detect(image)).map(({ label }) => label)).toEqual(['cat'])
    await using all = await make(3, [[0, 1, 0.9]], { labels: ['cat', 'dog', 'bird'] })
    expect((await all.detect(image)).map(({ label }) => label)).toEqual(['dog'])
  })

  it('take anchors from the caller, as a rule or as numbers', async () => {
    const spec = ssdAnchors(recordedModel([16, 16], {}))
    await using same = await make(2, [[0, 1, 0.9]], { anchors: spec })
    await using own = await make(2, [[0, 1, 0.9]], { anchors: new Float32Array(count * 4).fill(0.5) })
    expect((await same.detect(image))[0]!.box.map(Math.round)).toEqual([90, 45, 110, 55])
    expect((await own.detect(image))[0]!.box.map(Math.round)).toEqual([50, 25, 150, 75])
  })

  it('are refused with anchors or labels of another count', async () => {
    await expect(make(2, [], { anchors: new Float32Array(anchors) })).rejects.toThrow(
      'option anchors: expected 33 anchors of 4 numbers, as many as the network has boxes, found 2700',
    )
    const outputs = { boxes: reals([1, 20, 4]), scores: reals([1, 20, 3]) }
    const model = recordedModel([16, 16], outputs)
    await expect(createDetector(model, { backends: [recordedBackend(outputs)] })).rejects.toThrow(
      "expected 20 anchors of 4 numbers, as many as the network has boxes, found 33 by TensorFlow's rule for its input",
    )
    await expect(make(3, [], { labels: ['cat'] })).rejects.toThrow(/option labels: expected 3, one a class, found 1/)
    await expect(make(3, [], { suppression: 'slow' as never })).rejects.toThrow(OptionError)
    await expect(make(3, [], { threshold: 2 })).rejects.toThrow('option threshold: expected a number from 0 to 1')
  })
})

describe('networks without boxes', () => {
  it.each([
    [{ probabilities: reals([1, 1001]) }, 'found probabilities 1x1001'],
    [{ a: reals([1, 5, 4]), b: reals([1, 6, 3]) }, 'found a 1x5x4, b 1x6x3'],
    [{ a: reals([1, 5, 16]), b: reals([1, 5, 1]) }, 'found a 1x5x16, b 1x5x1'],
    [{ map: reals([1, 8, 8, 21]) }, 'found map 1x8x8x21'],
  ])('are refused, saying what they give: %o', async (outputs, found) => {
    const model = recordedModel([16, 16], outputs as Record<string, Recorded>)
    const made = createDetector(model, { backends: [reference()] })
    await expect(made).rejects.toThrow(ShapeError)
    await expect(made).rejects.toThrow(found)
    await expect(made).rejects.toThrow('outputs of the detector: expected boxes, classes, scores and count')
  })
})
