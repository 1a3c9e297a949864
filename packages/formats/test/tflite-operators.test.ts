import { elementCount, opTitle, relu } from '@depthwise/core/backend'
import * as tfl from '@depthwise/testing/files/tflite-writer'
import { describe, expect, test } from 'vitest'
import { readTFLite } from '../src/index.ts'
import { outputOf, run } from './tflite-run.ts'
import { counting, single } from './tflite-single.ts'

describe('convolutions', () => {
  test('SAME at stride 2 pads even extents after, odd ones on both sides', async () => {
    const conv = await single({ op: 'CONV_2D', options: tfl.convOptions(true, [2, 2]) }, [
      { shape: [1, 4, 5, 1] },
      { shape: [1, 3, 3, 1], data: counting(9) },
      { shape: [1, 2, 3, 1] },
    ])
    expect(outputOf(conv).op).toMatchObject({
      kind: 'conv2d',
      padding: { top: 0, bottom: 1, left: 1, right: 1 },
      strides: [2, 2],
      bias: null,
      activation: null,
    })
  })

  test('strides and dilations of height and width stand in their places', async () => {
    const conv = await single({ op: 'CONV_2D', options: tfl.convOptions(false, [1, 2], 0, [2, 1]) }, [
      { shape: [1, 3, 4, 1] },
      { shape: [1, 2, 2, 1], data: [1, 10, 100, 1000] },
      { shape: [1, 1, 2, 1] },
    ])
    expect(outputOf(conv).op).toMatchObject({ strides: [1, 2], dilations: [2, 1] })
    // Rows 0 and 2 of 1..12: 1 + 10*2 + 100*9 + 1000*10, then two columns on.
    expect([...(await run(conv, counting(12)))]).toEqual([10921, 13143])
  })

  test('OHWI filters become HWIO, and one depth for fewer channels makes groups', async () => {
    const conv = await single({ op: 'CONV_2D', options: tfl.convOptions(false) }, [
      { shape: [1, 1, 1, 4] },
      { shape: [2, 1, 1, 2], data: [1, 2, 3, 4] },
      { shape: [2], data: [100, 200] },
      { shape: [1, 1, 1, 2] },
    ])
    expect(outputOf(conv).op).toMatchObject({ groups: 2, filters: 2, weights: 'output/weights', bias: 'output/bias' })
    expect([...(conv.params.get('output/weights')?.data ?? [])]).toEqual([1, 3, 2, 4])
    expect([...(await run(conv, [1, 10, 100, 1000]))]).toEqual([100 + 1 + 20, 200 + 300 + 4000])
  })

  test('a depth multiplier is read from the shapes, channel by channel', async () => {
    const conv = await single(
      { op: 'DEPTHWISE_CONV_2D', options: tfl.depthwiseOptions(false, [1, 1], tfl.activation.relu) },
      [{ shape: [1, 1, 2, 2] }, { shape: [1, 1, 2, 4], data: [1, 2, 3, 4, 5, 6, 7, -8] }, { shape: [1, 1, 1, 4] }],
    )
    expect(outputOf(conv).op).toMatchObject({
      kind: 'depthwiseConv2d',
      multiplier: 2,
      activation: relu,
    })
    // Channel 0 holds 1 and 3, channel 1 holds 2 and 4; the last sum, 4*2 - 8*4, is negative.
    expect([...(await run(conv, [1, 2, 3, 4]))]).toEqual([1 + 15, 2 + 18, 6 + 28, 0])
  })

  test('weights of int8 have a scale for each output channel', async () => {
    const conv = await single({ op: 'CONV_2D', options: tfl.convOptions(false) }, [
      { shape: [1, 1, 1, 2] },
      { shape: [2, 1, 1, 2], type: 'i8', data: [1, -2, 3, -128], scale: [0.5, 2], axis: 0 },
      { shape: [1, 1, 1, 2] },
    ])
    expect([...(conv.params.get('output/weights')?.data ?? [])]).toEqual([0.5, 6, -1, -256])
    const depthwise = await single({ op: 'DEPTHWISE_CONV_2D', options: tfl.depthwiseOptions(false) }, [
      { shape: [1, 1, 2, 2] },
      { shape: [1, 1, 2, 2], type: 'i8', data: [1, 2, 3, 4], scale: [0.5, 2], axis: 3 },
      { shape: [1, 1, 1, 2] },
    ])
    expect([...(depthwise.params.get('output/weights')?.data ?? [])]).toEqual([0.5, 4, 1.5, 8])
  })

  test('depthwise filters that fit no multiplier', async () => {
    const wrong = single({ op: 'DEPTHWISE_CONV_2D', options: tfl.depthwiseOptions(false) }, [
      { shape: [1, 1, 1, 2] },
      { shape: [1, 1, 1, 3], data: [1, 2, 3] },
      { shape: [1, 1, 1, 3] },
    ])
    await expect(wrong).rejects.toThrow('expected filters of 1xHxWxN, N a multiple of 2 channels, found 1x1x1x3')
  })

  test('weights of uint8 have one scale and a zero point', async () => {
    const conv = await single({ op: 'CONV_2D', options: tfl.convOptions(false) }, [
      { shape: [1, 1, 1, 2] },
      { shape: [1, 1, 1, 2], type: 'u8', data: [0, 255], scale: 0.25, zeroPoint: 128 },
      { shape: [1, 1, 1, 1] },
    ])
    expect([...(conv.params.get('output/weights')?.data ?? [])]).toEqual([-32, 31.75])
  })

  test('a bias of int32 counts in its own scale, else in input scale times weight scale', async () => {
    const biased = async (bias: Partial<tfl.TensorSpec>) =>
      (
        await single({ op: 'CONV_2D', options: tfl.convOptions(false) }, [
          { shape: [1, 1, 1, 1], type: 'u8', scale: 0.5, zeroPoint: 0 },
          { shape: [2, 1, 1, 1], type: 'i8', data: [1, 1], scale: [0.25, 4] },
          { shape: [2], type: 'i32', data: [8, -8], ...bias },
          { shape: [1, 1, 1, 2], type: 'u8', scale: 1 },
        ])
      ).params.get('output/bias')?.data
    expect([...((await biased({})) ?? [])]).toEqual([1, -16])
    expect([...((await biased({ scale: [3, 5] })) ?? [])]).toEqual([24, -40])
    expect([...((await biased({ type: 'f32' })) ?? [])]).toEqual([8, -8])
  })

  test('a bias left out is -1, or no operand at all', async () => {
    const tensors = [{ shape: [1, 1, 1, 1] }, { shape: [1, 1, 1, 1], data: [2] }, { shape: [1, 1, 1, 1] }]
    for (const inputs of [
      [0, 1],
      [0, 1, -1],
    ]) {
      const operators = [{ op: 'CONV_2D', inputs, outputs: [2], options: tfl.convOptions(true) }] as const
      const model = await readTFLite(tfl.writeTFLite({ tensors, operators, inputs: [0], outputs: [2] }))
      expect(outputOf(model).op).toMatchObject({ bias: null })
    }
  })

  test('float16 weights come through DEQUANTIZE, subnormals and signs included', async () => {
    // 1, -2, 0.5 and the smallest subnormal, 2^-24.
    const halves = [0x3c00, 0xc000, 0x3800, 0x0001]
    const model = await readTFLite(
      tfl.writeTFLite({
        tensors: [
          { name: 'input', shape: [1, 1, 1, 4] },
          { name: 'half', type: 'f16', shape: [1, 1, 1, 4], data: halves },
          { name: 'weights', shape: [1, 1, 1, 4] },
          { name: 'output', shape: [1, 1, 1, 1] },
        ],
        operators: [
          { op: 'DEQUANTIZE', inputs: [1], outputs: [2] },
          { op: 'CONV_2D', inputs: [0, 2], outputs: [3], options: tfl.convOptions(false) },
        ],
        inputs: [0],
        outputs: [3],
      }),
    )
    expect([...(model.params.get('output/weights')?.data ?? [])]).toEqual([1, -2, 0.5, 2 ** -24])
    expect(model.graph.nodes.map(node => opTitle(node.op))).toEqual(['input', 'conv2d'])
  })
})

describe('FULLY_CONNECTED', () => {
  test('weights are transposed and an operand of rank 4 is flattened', async () => {
    const dense = await single({ op: 'FULLY_CONNECTED', options: tfl.denseOptions(tfl.activation.relu6) }, [
      { shape: [2, 1, 1, 3] },
      { shape: [2, 3], data: [1, 2, 3, -4, -5, -6] },
      { shape: [2], data: [0.5, 33] },
      { shape: [2, 2] },
    ])
    expect(dense.graph.nodes.map(node => opTitle(node.op))).toEqual(['input', 'reshape', 'dense'])
    expect([...(await run(dense, [1, 0, 0, 0, 1, 1]))]).toEqual([1.5, 6, 5.5, 6])
  })

  test('rows that are not items as an output, other counts of features and shuffled weights are not supported', async () => {
    const weights = { shape: [1, 2], data: [1, 1] }
    const dense =
      (input: readonly number[], output: readonly number[], options: ReturnType<typeof tfl.denseOptions>) => () =>
        single({ op: 'FULLY_CONNECTED', options }, [{ shape: input }, weights, { shape: output }])
    await expect(dense([1, 4], [2, 1], tfl.denseOptions())).rejects.toThrow(
      'operator 0 (FULLY_CONNECTED): expected a shape that keeps the batch of 1 in front, found [2,1] of a value of [1,2,1,1]',
    )
    await expect(dense([1, 3], [1, 1], tfl.denseOptions())).rejects.toThrow(
      /operator 0 \(FULLY_CONNECTED\): expected 2 features an item/,
    )
    await expect(dense([1, 2, 4], [1, 2, 1], tfl.denseOptions(0, 0, 1))).rejects.toThrow(
      /expected 2 features an item, found \[1,2,4\]/,
    )
    await expect(dense([1, 2], [1, 1], tfl.denseOptions(0, 1))).rejects.toThrow(/weights in rows/)
  })

  test.each([
    ['an image', [1, 2, 3, 2], tfl.denseOptions(0, 0, 1), [1, 2, 3, 1]],
    ['rows of an item', [1, 6, 2], tfl.denseOptions(0, 0, 1), [1, 6, 1]],
    ['several items', [2, 3, 1, 2], tfl.denseOptions(0, 0, 1), [2, 3, 1, 1]],
    ['one row of a higher rank', [1, 1, 2], tfl.denseOptions(0, 0, 1), [1, 1, 1]],
    ['one item as a higher rank', [6, 1, 1, 2], tfl.denseOptions(0, 0, 1), [6, 1, 1, 1]],
  ] as const)('over the last axis of %s', async (_, shape, options, output) => {
    const weights = { shape: [1, 2], data: [10, 1] }
    const dense = await single({ op: 'FULLY_CONNECTED', options }, [{ shape }, weights, { shape: output }])
    expect(outputOf(dense).shape).toEqual(output)
    const input = counting(elementCount(shape))
    const expected = input.flatMap((value, i) => (i % 2 === 0 ? [10 * value + value + 1] : []))
    expect([...(await run(dense, input))]).toEqual(expected)
  })
})

describe('pools', () => {
  test('an average leaves out the padding', async () => {
    const pool = await single({ op: 'AVERAGE_POOL_2D', options: tfl.poolOptions(true, [2, 2], [1, 1]) }, [
      { shape: [1, 2, 2, 1] },
      { shape: [1, 2, 2, 1] },
    ])
    expect(outputOf(pool).op).toMatchObject({ padding: { top: 0, bottom: 1, left: 0, right: 1 }, countPadding: false })
    expect([...(await run(pool, [1, 2, 3, 4]))]).toEqual([2.5, 3, 3.5, 4])
  })

  test('a maximum, its window and strides told apart, clamped by its activation', async () => {
    const pool = await single(
      { op: 'MAX_POOL_2D', options: tfl.poolOptions(false, [1, 2], [1, 2], tfl.activation.relu6) },
      [{ shape: [1, 2, 4, 1] }, { shape: [1, 2, 2, 1] }],
    )
    expect(pool.graph.nodes.map(node => [node.name, opTitle(node.op)])).toEqual([
      ['input', 'input'],
      ['output/maxPool', 'maxPool'],
      ['output', 'relu6'],
    ])
    expect([...(await run(pool, [-2, -1, 1, 2, 3, 4, 9, 8]))]).toEqual([0, 2, 4, 6])
  })

  test('a mean over height and width, however its axes are counted', async () => {
    for (const [axes, keep, shape] of [
      [[1, 2], true, [1, 1, 1, 2]],
      [[-2, -3], false, [1, 2]],
    ] as const) {
      const mean = await single({ op: 'MEAN', options: tfl.reducerOptions(keep) }, [
        { shape: [1, 1, 2, 2] },
        { shape: [2], type: 'i32', data: axes },
        { shape },
      ])
      expect(outputOf(mean).op).toEqual({ kind: 'globalAveragePool', keepDims: keep })
      expect([...(await run(mean, [1, 2, 3, 4]))]).toEqual([2, 3])
    }
  })

  test.each([
    [[3], [1, 2, 2, 1], [1.5, 3.5, 5.5, 7.5]],
    [[2], [1, 2, 1, 2], [2, 3, 6, 7]],
    [[1], [1, 1, 2, 2], [3, 4, 5, 6]],
    [[1, 2, 3], [1, 1, 1, 1], [4.5]],
    [
      [1, 3],
      [1, 1, 2, 1],
      [3.5, 5.5],
    ],
  ] as const)('a mean over axes %j, kept or not', async (axes, shape, expected) => {
    for (const keep of [true, false]) {
      const mean = await single({ op: 'MEAN', options: tfl.reducerOptions(keep) }, [
        { shape: [1, 2, 2, 2] },
        { shape: [axes.length], type: 'i32', data: axes },
        { shape: keep ? shape : shape.filter((_, axis) => !axes.some(each => each === axis)) },
      ])
      expect([...(await run(mean, counting(8)))]).toEqual(expected)
    }
  })

  test('a mean over the batch is not supported', async () => {
    const mean = () =>
      single({ op: 'MEAN', options: tfl.reducerOptions(true) }, [
        { shape: [2, 1, 2, 2] },
        { shape: [2], type: 'i32', data: [0, 1] },
        { shape: [1, 1, 2, 2] },
      ])
    await expect(mean).rejects.toThrow('operator 0 (MEAN): expected axes other than the batch, found 0,1')
  })

  test('a sum and a maximum over height and width', async () => {
    for (const [op, expected] of [
      ['SUM', [16, 20]],
      ['REDUCE_MAX', [7, 8]],
    ] as const) {
      const reduced = await single({ op, options: tfl.reducerOptions(false) }, [
        { shape: [1, 2, 2, 2] },
        { shape: [2], type: 'i32', data: [1, 2] },
        { shape: [1, 2] },
      ])
      expect([...(await run(reduced, counting(8)))]).toEqual(expected)
    }
  })
})
