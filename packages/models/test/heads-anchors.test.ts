import { OptionError } from '@depthwise/core'
import { readGolden } from '@depthwise/testing/recordings'
import { describeShared } from '@depthwise/testing/shared-folder'
import { describe, expect, it } from 'vitest'
import { type AnchorSpec, generateAnchors } from '../src/heads/index.ts'
import { mediaPipeDetector } from '../src/heads/mediapipe.ts'

const ssd: AnchorSpec = {
  size: [300, 300],
  strides: [16, 32, 64, 128, 256, 512],
  scales: [0.2, 0.95],
  aspectRatios: [1, 2, 0.5, 3, 0.3333],
  reduceLowestLayer: true,
}

const rows = (anchors: Float32Array, from: number, count: number): number[][] =>
  Array.from({ length: count }, (_, i) => [...anchors.subarray(4 * (from + i), 4 * (from + i + 1))])

const close = (actual: number[][], expected: number[][]): void => {
  expect(actual.length).toBe(expected.length)
  for (const [i, row] of actual.entries())
    for (const [j, value] of row.entries()) expect(value).toBeCloseTo(expected[i]![j]!, 6)
}

describeShared('the recorded anchors', () => {
  it('of BlazeFace are the generated ones, number for number', () => {
    const recorded = readGolden('heads/golden/blazeface_short_range.anchors_yxhw.npy')
    const face = mediaPipeDetector([128, 128], 896, 16)
    expect(recorded.shape).toEqual([896, 4])
    expect(generateAnchors(face!.anchors)).toEqual(recorded.data)
  })
})

describe('anchors of an SSD', () => {
  const anchors = generateAnchors(ssd)

  it('are 19 x 19 x 3 in the first layer, and six a cell in the grids of 10, 5, 3, 2 and 1', () => {
    expect(anchors.length / 4).toBe(19 * 19 * 3 + 6 * (100 + 25 + 9 + 4 + 1))
  })

  it('begin with a scale of 0.1, and with 0.2 at aspect ratios 2 and 1/2', () => {
    const centre = 0.5 / 19
    close(rows(anchors, 0, 3), [
      [centre, centre, 0.1, 0.1],
      [centre, centre, 0.2 / Math.SQRT2, 0.2 * Math.SQRT2],
      [centre, centre, 0.2 * Math.SQRT2, 0.2 / Math.SQRT2],
    ])
    // Cells go from left to right.
    close(rows(anchors, 3, 1), [[centre, 1.5 / 19, 0.1, 0.1]])
  })

  it('have six boxes a cell behind it, the last between two scales', () => {
    const scale = 0.2 + (0.95 - 0.2) / 5
    const last = rows(anchors, 1083 + 5, 1)
    const between = Math.sqrt(scale * (0.2 + (2 * (0.95 - 0.2)) / 5))
    close(rows(anchors, 1083, 1), [[0.05, 0.05, scale, scale]])
    close(rows(anchors, 1083 + 4, 1), [[0.05, 0.05, scale / Math.sqrt(0.3333), scale * Math.sqrt(0.3333)]])
    close(last, [[0.05, 0.05, between, between]])
    close(rows(anchors, 1916, 1), [[0.5, 0.5, Math.sqrt(0.95), Math.sqrt(0.95)]])
  })

  it('of another input follow its grids, also where it is not square', () => {
    const count = (size: AnchorSpec['size']): number => generateAnchors({ ...ssd, size }).length / 4
    expect(count([320, 320])).toBe(2034)
    expect(count([160, 320])).toBe(10 * 20 * 3 + 6 * (5 * 10 + 3 * 5 + 2 * 3 + 1 * 2 + 1))
  })
})

describe('detectors of MediaPipe', () => {
  it.each([
    ['face', 128, 896, 16],
    ['face', 256, 896, 16],
    ['face', 192, 2304, 16],
    ['palm', 192, 2016, 18],
    ['palm', 256, 2944, 18],
    ['person', 224, 2254, 12],
    ['person', 128, 896, 12],
  ])('%s at %i: %i anchors of %i numbers', (label, side, anchors, numbers) => {
    const detector = mediaPipeDetector([side, side], anchors, numbers)
    expect(detector?.label).toBe(label)
    expect(detector?.keypoints.length).toBe((numbers - 4) / 2)
    expect(generateAnchors(detector!.anchors).length).toBe(4 * anchors)
  })

  it('are not known by other numbers', () => {
    expect(mediaPipeDetector([128, 128], 895, 16)).toBeUndefined()
    expect(mediaPipeDetector([128, 128], 896, 17)).toBeUndefined()
  })
})

describe('a wrong specification', () => {
  it.each<[string, Partial<AnchorSpec>, RegExp]>([
    ['no stride', { strides: [] }, /anchors\.strides: expected numbers above 0/],
    ['a stride of 0', { strides: [0] }, /anchors\.strides/],
    ['a scale that is no number', { scales: [0.2, Number.NaN] }, /anchors\.scales/],
    ['an aspect ratio below 0', { aspectRatios: [-1] }, /anchors\.aspectRatios/],
    ['an interpolated one below 0', { interpolatedAspectRatio: -1 }, /interpolatedAspectRatio/],
    ['more anchors than there is room for', { strides: [1e-4] }, /at most 1048576 anchors/],
  ])('%s is refused', (_, part, message) => {
    expect(() => generateAnchors({ ...ssd, ...part })).toThrow(OptionError)
    expect(() => generateAnchors({ ...ssd, ...part })).toThrow(message)
  })
})
