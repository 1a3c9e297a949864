import { describe, expect, test } from 'vitest'
import { type Tensor, tensor } from '../../src/index.ts'
import { computed, float } from './one-step.ts'

// A person of which every keypoint lies in one cell of a map of 9 rows and columns, 16 pixels apart.

const [size, stride] = [9, 16] as const
const op = { kind: 'posenetDecoder', maxDetections: 3, scoreThreshold: 0.5, stride, nmsRadius: 20 } as const
const map = (channels: number, value = 0): Tensor<'float32'> =>
  tensor([1, size, size, channels], new Float32Array(size * size * channels).fill(value))

/** Heatmaps that are sure at the cells of people, and offsets to `moved` pixels from there. */
function maps(people: readonly (readonly [row: number, column: number])[], logit = 4, moved = 0): readonly Tensor[] {
  const heat = map(17, -4)
  for (const [row, column] of people) heat.data.fill(logit, 17 * (row * size + column), 17 * (row * size + column + 1))
  return [heat, map(34, moved), map(64)]
}

function decoded(given: readonly Tensor[], n = 3) {
  const results = [float(1, n, 17, 2), float(1, n, 17), float(1, n), float(1)]
  const [poses, scores, poseScores, count] = computed({ ...op, maxDetections: n }, given, ...results) as readonly [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ]
  return { poses: [...poses.data], scores: [...scores.data], poseScores: [...poseScores.data], count: count.data[0] }
}

const sigmoid = (x: number): number => Math.fround(1 / (1 + Math.exp(-x)))

describe('the decoder of poses', () => {
  test('finds a person, in pixels of the input, and gives 0 for all others', () => {
    const { poses, scores, poseScores, count } = decoded(maps([[3, 5]]))
    expect(count).toBe(1)
    expect(poses.slice(0, 34)).toEqual(Array.from({ length: 34 }, (_, i) => (i % 2 === 0 ? 3 * stride : 5 * stride)))
    expect(poses.slice(34).every(place => place === 0)).toBe(true)
    expect(scores.slice(0, 17)).toEqual(Array.from({ length: 17 }, () => sigmoid(4)))
    expect(poseScores).toEqual([sigmoid(4), 0, 0])
  })

  test('finds several, the surest first, and no more than are asked for', () => {
    const people = maps([
      [1, 1],
      [7, 7],
    ])
    ;(people[0] as Tensor<'float32'>).data.fill(6, 17 * (7 * size + 7), 17 * (7 * size + 8))
    const two = decoded(people)
    expect(two.count).toBe(2)
    expect([two.poses[0], two.poses[34]]).toEqual([7 * stride, stride])
    expect(two.poseScores).toEqual([sigmoid(6), sigmoid(4), 0])
    const one = decoded(people, 1)
    expect(one.count).toBe(1)
    expect(one.poses[0]).toBe(7 * stride)
  })

  test('takes neighbours within the radius for one person', () => {
    const near = decoded(
      maps([
        [3, 3],
        [3, 4],
      ]),
    )
    expect(near.count).toBe(1)
  })

  test('keeps to the map, wherever offsets lead', () => {
    const { poses, count } = decoded(maps([[3, 5]], 4, 1e6))
    // The corner that they lead to holds nobody.
    expect(count).toBe(0)
    expect(poses.every(place => place === 0)).toBe(true)
  })

  test.each([
    ['nobody', maps([])],
    ['nothing that is sure enough', maps([[2, 2]], -0.5)],
    ['no numbers', [map(17, Number.NaN), map(34), map(64)]],
    ['no offsets that are numbers', [maps([[2, 2]])[0] as Tensor, map(34, Number.NaN), map(64)]],
  ])('finds nobody where there is %s', (_what, given) => {
    expect(decoded(given).count).toBe(0)
  })
})
