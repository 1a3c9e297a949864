import { UnsupportedOpError } from '@depthwise/core'
import { rebatch } from '@depthwise/core/backend'
import { ints, type Net, net, reals, type Step } from '@depthwise/testing/files/tflite-net'
import * as tfl from '@depthwise/testing/files/tflite-writer'
import { describe, expect, test } from 'vitest'
import { outputOf, run } from './tflite-run.ts'
import { counting, single } from './tflite-single.ts'

// A map of 2x3 places and two channels, whose dense layer gives two units a place.
const map = { shape: [1, 2, 3, 2] }
const rows = { shape: [6, 2] }
const weights = reals([2, 2], [1, 1, 1, -1])
const bias = reals([2], [0, 10])
const dense = (keep = 0) => tfl.denseOptions(0, 0, keep)
const softmax = tfl.softmaxOptions()
const input = counting(12)
const units = Array.from({ length: 6 }, (_, i) => [4 * i + 3, 9]).flat()

const constants = { weights, bias, flat: ints(1, 12), places: ints(6, 2), image: ints(1, 2, 3, 2), row: ints(1, 6, 2) }
const read = (tensors: Net['tensors'], steps: readonly Step[]) =>
  net({ tensors: { ...constants, ...tensors }, steps }, { arithmetic: 'real' })

describe('a dense layer over the places of a map', () => {
  test.each<readonly [string, Net['tensors'], readonly Step[]]>([
    [
      'RESHAPE to rows and back',
      { x: map, a: rows, b: rows, y: map },
      [
        ['RESHAPE', ['x', 'places'], 'a'],
        ['FULLY_CONNECTED', ['a', 'weights', 'bias'], 'b', dense()],
        ['RESHAPE', ['b', 'image'], 'y'],
      ],
    ],
    [
      'rows of an image without keep_num_dims',
      { x: map, a: rows, y: { shape: [1, 12] } },
      [
        ['FULLY_CONNECTED', ['x', 'weights', 'bias'], 'a', dense()],
        ['RESHAPE', ['a', 'flat'], 'y'],
      ],
    ],
    ['an image with keep_num_dims', { x: map, y: map }, [['FULLY_CONNECTED', ['x', 'weights', 'bias'], 'y', dense(1)]]],
    [
      'rows of an item',
      { x: map, a: { shape: [1, 6, 2] }, b: { shape: [1, 6, 2] }, y: { shape: [1, 12] } },
      [
        ['RESHAPE', ['x', 'row'], 'a'],
        ['FULLY_CONNECTED', ['a', 'weights', 'bias'], 'b', dense(1)],
        ['RESHAPE', ['b', 'flat'], 'y'],
      ],
    ],
    [
      'rows of an item, which become rows',
      { x: map, a: { shape: [1, 6, 2] }, b: rows, y: { shape: [1, 6, 2] } },
      [
        ['RESHAPE', ['x', 'row'], 'a'],
        ['FULLY_CONNECTED', ['a', 'weights', 'bias'], 'b', dense()],
        ['RESHAPE', ['b', 'row'], 'y'],
      ],
    ],
  ])('%s', async (_, tensors, steps) => {
    const model = await read(tensors, steps)
    expect(model.graph.nodes.filter(node => node.op.kind === 'conv2d')).toHaveLength(1)
    expect([...(await run(model, input))]).toEqual(units)
  })

  test('elementwise operators, constants and a softmax stand between', async () => {
    const two = { ones: reals([], [1]), scale: reals([2], [1, 0.5]) }
    const between: readonly Step[] = [
      ['RESHAPE', ['x', 'places'], 'a'],
      ['ADD', ['a', 'ones'], 'b'],
      ['FULLY_CONNECTED', ['b', 'weights', 'bias'], 'c', dense()],
      ['RELU', ['c'], 'd'],
      ['MUL', ['d', 'scale'], 'e', tfl.mulOptions()],
      ['ADD', ['e', 'a'], 'f', tfl.addOptions()],
      ['SOFTMAX', ['f'], 'g', softmax],
      ['RESHAPE', ['g', 'image'], 'y'],
    ]
    const named = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(name => [name, rows]))
    const found = await run(
      await read({ x: map, y: map, ...two, ...named }, between),
      input.map(value => value / 12),
    )
    const expected = Array.from({ length: 6 }, (_, i) => {
      const [a, b] = [(2 * i + 1) / 12, (2 * i + 2) / 12] as const
      const [left, right] = [a + b + 2 + a, (a - b + 10) / 2 + b] as const
      const sum = Math.exp(left) + Math.exp(right)
      return [Math.exp(left) / sum, Math.exp(right) / sum]
    }).flat()
    for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 6)
  })

  test('a mean over rows is a mean over the map', async () => {
    const steps: readonly Step[] = [
      ['RESHAPE', ['x', 'places'], 'a'],
      ['MEAN', ['a', 'first'], 'y', tfl.reducerOptions(true)],
    ]
    const model = await read({ x: map, a: rows, first: ints(0), y: { shape: [1, 2] } }, steps)
    expect([...(await run(model, input))]).toEqual([6, 7])
  })

  test('ranges of integers are kept as clamps', async () => {
    const stored = { type: 'i8', scale: 0.5, zeroPoint: -128 } as const
    const tensors = {
      x: { ...map, ...stored },
      weights: { shape: [2, 2], type: 'i8', data: [1, 1, 1, -1], scale: [1, 2], axis: 0 } as const,
      bias: { shape: [2], type: 'i32', data: [2, 4], scale: [0.5, 1], axis: 3 } as const,
      a: { ...rows, ...stored },
      y: { ...map, ...stored },
    }
    const model = await read(tensors, [
      ['FULLY_CONNECTED', ['x', 'weights', 'bias'], 'a', dense()],
      ['RESHAPE', ['a', 'image'], 'y'],
    ])
    expect(model.graph.nodes.find(node => node.op.kind === 'conv2d')?.op).toMatchObject({
      activation: { min: 0, max: 127.5 },
    })
    expect([...(model.params.get('a/bias')?.data ?? [])]).toEqual([1, 4])
  })

  test('several items keep their places apart', async () => {
    const tensors = { x: { shape: [2, 3, 1, 2] }, a: rows, b: rows, y: { shape: [2, 6] }, flat: ints(2, 6) }
    const model = await read(tensors, [
      ['RESHAPE', ['x', 'places'], 'a'],
      ['FULLY_CONNECTED', ['a', 'weights', 'bias'], 'b', dense()],
      ['RESHAPE', ['b', 'flat'], 'y'],
    ])
    expect(outputOf(model).shape).toEqual([2, 6])
    expect([...(await run(model, input))]).toEqual(units)
  })
})

test('a list of one element keeps its batch apart', async () => {
  const steps: readonly Step[] = [
    ['RESHAPE', ['x', 'one'], 'a'],
    ['SUB', ['a', 'shift'], 'b', tfl.subOptions()],
    ['RESHAPE', ['b', 'row1'], 'y'],
  ]
  const tensors = { x: { shape: [1, 1] }, one: ints(1), row1: ints(1, 1), shift: reals([], [3]), y: { shape: [1, 1] } }
  const model = await read({ ...tensors, a: { shape: [1] }, b: { shape: [1] } }, steps)
  const two = { ...model, graph: rebatch(model.graph, 2) }
  expect([...(await run(two, [4, 5]))]).toEqual([1, 2])
})

describe('shapes that mix the batch', () => {
  test.each<readonly [string, Net['tensors'], readonly Step[], RegExp]>([
    [
      'rows as an output',
      { x: map, y: rows },
      [['RESHAPE', ['x', 'places'], 'y']],
      /operator 0 \(RESHAPE\): expected a shape that keeps the batch of 1 in front, found \[6,2\]/,
    ],
    [
      'rows as channels of an image',
      { x: map, a: { shape: [6, 1, 1, 2] }, wide: ints(6, 1, 1, 2), y: { shape: [6, 1, 1, 2] } },
      [
        ['RESHAPE', ['x', 'wide'], 'a'],
        ['MAX_POOL_2D', ['a'], 'y', tfl.poolOptions(false, [1, 1], [1, 1])],
      ],
      /operator 1 \(MAX_POOL_2D\): expected a shape that keeps the batch of 1 in front/,
    ],
    [
      'items made of parts of others',
      { x: { shape: [2, 3] }, y: { shape: [3, 2] }, swapped: ints(3, 2) },
      [['RESHAPE', ['x', 'swapped'], 'y']],
      /operator 0 \(RESHAPE\): expected a shape that keeps the batch of 2 in front/,
    ],
  ])('%s is refused', async (_, tensors, steps, message) => {
    const refused = () => read(tensors, steps)
    await expect(refused).rejects.toThrow(UnsupportedOpError)
    await expect(refused).rejects.toThrow(message)
  })
})

describe('scales of a list', () => {
  const biased = (axis: number) =>
    single({ op: 'CONV_2D', options: tfl.convOptions(false) }, [
      { shape: [1, 1, 1, 1], type: 'u8', scale: 0.5, zeroPoint: 0 },
      { shape: [2, 1, 1, 1], type: 'i8', data: [1, 1], scale: [0.25, 4] },
      { shape: [2], type: 'i32', data: [8, -8], scale: [3, 5], axis },
      { shape: [1, 1, 1, 2], type: 'u8', scale: 1 },
    ])

  test.each([0, 1, 3, 7, -1])('run along its axis where the file says %i', async axis => {
    expect([...((await biased(axis)).params.get('output/bias')?.data ?? [])]).toEqual([24, -40])
  })

  test.each([1, 3])('are read for other constants of rank 1 where the file says %i', async axis => {
    const scaled = { shape: [2], type: 'i8', data: [2, 3], scale: [0.5, 2], axis } as const
    const model = await net({
      tensors: { x: { shape: [1, 2] }, scaled, y: { shape: [1, 2] } },
      steps: [['MUL', ['x', 'scaled'], 'y']],
    })
    expect([...(await run(model, [1, 1]))]).toEqual([1, 6])
  })
})
