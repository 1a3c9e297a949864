import { opTitle } from '@depthwise/core/backend'
import { int, ints, type Net, net, type Step } from '@depthwise/testing/files/tflite-net'
import * as tfl from '@depthwise/testing/files/tflite-writer'
import { describe, expect, test } from 'vitest'
import { outputOf } from './tflite-run.ts'

describe('shapes that a network computes', () => {
  const lists = { zero: ints(0), one: ints(1), two: ints(2), three: ints(3), step: ints(1) }
  const first = tfl.stridedSliceOptions([0, 0, 0, 0, 1])

  test.each<readonly [string, Net['tensors'], readonly Step[]]>([
    [
      'SHAPE, STRIDED_SLICE, PACK, as Keras flattens',
      { rest: int(-1) },
      [
        ['SHAPE', ['x'], 'shape'],
        ['STRIDED_SLICE', ['shape', 'zero', 'one', 'step'], 'batch', first],
        ['PACK', ['batch', 'rest'], 'target', tfl.packOptions(2, 0)],
      ],
    ],
    [
      'a product of extents: GATHER, REDUCE_PROD, as Keras makes a Tensordot',
      { where: ints(1, 2, 3), axis: ints(0) },
      [
        ['SHAPE', ['x'], 'shape'],
        ['GATHER', ['shape', 'where'], 'inner', tfl.gatherOptions(0)],
        ['REDUCE_PROD', ['inner', 'axis'], 'count', tfl.reducerOptions(true)],
        ['GATHER', ['shape', 'axis'], 'batch', tfl.gatherOptions(0)],
        ['CONCATENATION', ['batch', 'count'], 'target', tfl.concatOptions(0)],
      ],
    ],
    [
      'extents multiplied one by one, and a SLICE',
      { last: ints(3), rest: ints(1) },
      [
        ['SHAPE', ['x'], 'shape'],
        ['STRIDED_SLICE', ['shape', 'one', 'two', 'step'], 'h', first],
        ['STRIDED_SLICE', ['shape', 'two', 'three', 'step'], 'w', first],
        ['MUL', ['h', 'w'], 'hw'],
        ['STRIDED_SLICE', ['shape', 'last', 'last', 'step'], 'c', tfl.stridedSliceOptions([0, 1, 0, 0, 0])],
        ['MUL', ['hw', 'c'], 'hwc'],
        ['SLICE', ['shape', 'zero', 'rest'], 'batch'],
        ['CONCATENATION', ['batch', 'hwc'], 'target', tfl.concatOptions(0)],
      ],
    ],
    [
      'EXPAND_DIMS, SQUEEZE, CAST, SUB, FLOOR_DIV, ADD, NEG by a difference',
      { axis: int(0), none: int(0), big: int(25) },
      [
        ['SHAPE', ['x'], 'shape'],
        ['STRIDED_SLICE', ['shape', 'zero', 'one', 'step'], 'list', tfl.stridedSliceOptions([1, 0, 0, 0, 0])],
        ['SQUEEZE', ['list'], 'batch', tfl.squeezeOptions([])],
        ['EXPAND_DIMS', ['batch', 'axis'], 'again'],
        ['RANK', ['x'], 'rank'],
        ['SUB', ['big', 'rank'], 'difference'],
        ['ADD', ['difference', 'rank'], 'sum'],
        ['SUB', ['sum', 'batch'], 'count'],
        ['FLOOR_DIV', ['count', 'batch'], 'same'],
        ['EXPAND_DIMS', ['same', 'axis'], 'counts'],
        ['CAST', ['counts'], 'cast'],
        ['CONCATENATION', ['again', 'cast'], 'target', tfl.concatOptions(0)],
      ],
    ],
  ])('%s', async (_, constants, steps) => {
    const integers = Object.fromEntries(steps.map(([, , name]) => [`${name}`, { shape: [], type: 'i32' } as const]))
    const sizes = [
      [{ shape: [1, 2, 3, 4] }, undefined],
      [{ shape: [1, 1, 1, 4], signature: [-1, -1, -1, 4] }, { inputShapes: { x: [1, 2, 3, 4] } }],
    ] as const
    for (const [x, options] of sizes) {
      const tensors = { x, ...lists, ...constants, ...integers, y: { shape: [1, 24], signature: [-1, -1] } }
      const model = await net({ tensors, steps: [...steps, ['RESHAPE', ['x', 'target'], 'y']] }, options)
      expect(model.graph.nodes.map(node => [opTitle(node.op), node.shape])).toEqual([
        ['input', [1, 2, 3, 4]],
        ['reshape', [1, 24]],
      ])
    }
  })

  test('in 64 bits, of a value that is held in another order', async () => {
    const tensors = {
      x: { shape: [1, 2, 3, 4] },
      first: ints(0, 3, 1, 2),
      t: { shape: [1, 4, 2, 3] },
      shape: { shape: [4], type: 'i64' } as const,
      where: ints(0, 1, 2, 3),
      target: { shape: [4], type: 'i64' } as const,
      u: { shape: [1, 4, 2, 3] },
      last: ints(0, 2, 3, 1),
      y: { shape: [1, 2, 3, 4] },
    }
    const model = await net({
      tensors,
      steps: [
        ['TRANSPOSE', ['x', 'first'], 't'],
        ['SHAPE', ['t'], 'shape'],
        ['GATHER', ['shape', 'where'], 'target'],
        ['RESHAPE', ['t', 'target'], 'u'],
        ['TRANSPOSE', ['u', 'last'], 'y'],
      ],
    })
    expect(outputOf(model).shape).toEqual([1, 2, 3, 4])
  })

  test.each<readonly [string, readonly Step[], RegExp]>([
    [
      'a slice of what the graph computes',
      [['STRIDED_SLICE', ['x', 'zero', 'one', 'step'], 'y', first]],
      /operator 0 \(STRIDED_SLICE\): expected a constant operand 0, found tensor \d+ "x", a computed one/,
    ],
    [
      'a gather beyond the end',
      [
        ['SHAPE', ['x'], 's'],
        ['GATHER', ['s', 'nine'], 'y'],
      ],
      /indices below 4, found 9/,
    ],
    [
      'a slice without a stride',
      [
        ['SHAPE', ['x'], 's'],
        ['STRIDED_SLICE', ['s', 'zero', 'one', 'zero'], 'y'],
      ],
      /a stride other than 0/,
    ],
    [
      'a slice by an ellipsis',
      [
        ['SHAPE', ['x'], 's'],
        ['STRIDED_SLICE', ['s', 'zero', 'one', 'step'], 'y', tfl.stridedSliceOptions([0, 0, 1])],
      ],
      /an ellipsis/,
    ],
    ['a quotient by nothing', [['FLOOR_DIV', ['one', 'zero'], 'y']], /expected integers, found Infinity/],
    ['parts of different shapes', [['PACK', ['one', 'nine9'], 'y', tfl.packOptions(2, 0)]], /parts of one shape/],
  ])('%s is an error that names the operator', async (_, steps, message) => {
    const s = { shape: [], type: 'i32' } as const
    const tensors = { x: { shape: [1, 2, 3, 4] }, ...lists, nine: ints(9), nine9: ints(9, 9), s, y: s }
    await expect(net({ tensors, steps })).rejects.toThrow(message)
  })
})
