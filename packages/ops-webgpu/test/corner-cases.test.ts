import { type Bounds, type Graph, GraphBuilder, type Padding, type Value } from '@depthwise/core'
import { webgpu } from '@depthwise/ops-webgpu'
import { describe, expect, it } from 'vitest'
import { randomParams } from '../../ops-cpu/test/random-params.ts'
import { openDevice } from './device.ts'
import { deviations, expectation, randomInputs } from './tolerance.ts'

const device = await openDevice()

async function check(graph: Graph, sums = true): Promise<void> {
  const params = randomParams(graph)
  const inputs = randomInputs(graph)
  await using executable = await webgpu({ device }).compile(graph, params)
  expect(deviations(await executable.run(inputs), await expectation(graph, params, inputs, sums))).toEqual([])
}

/** A graph of one input, `build` on top of it. */
function on(shape: readonly number[], build: (b: GraphBuilder, x: Value) => Value | readonly Value[]): Graph {
  const b = new GraphBuilder()
  return b.build([build(b, b.input(shape, { name: 'x' }))].flat())
}

describe('stride 2 and TensorFlow SAME, where peers have been wrong', () => {
  // An even extent is padded (0, 1), an odd one (1, 1); torch pads (1, 1) either way; Keras' V1 always (0, 1).
  const paddings: readonly ('same' | Padding)[] = [
    'same',
    { top: 1, bottom: 1, left: 1, right: 1 },
    { top: 0, bottom: 1, left: 0, right: 1 },
  ]
  const sizes = [
    [6, 6],
    [7, 7],
    [6, 7],
    [2, 9],
    [1, 1],
  ] as const
  for (const [height, width] of sizes) {
    it(`depthwise and stem on ${height}x${width}`, async () => {
      const graph = on([1, height, width, 5], (b, x) =>
        paddings
          .filter(padding => padding === 'same' || (height > 1 && width > 1) || padding.top === 1)
          .flatMap(padding => [
            b.depthwiseConv2d(x, { kernel: 3, strides: 2, padding }),
            b.conv2d(x, { kernel: 3, strides: 2, padding, filters: 7 }),
          ]),
      )
      await check(graph)
    })
  }
})

describe('channels that are no multiple of four', () => {
  it('leave zeros behind the last channel, whatever is done to them', async () => {
    const away: Bounds = { min: 1, max: 2 }
    const graph = on([2, 3, 3, 5], (b, x) => {
      const lifted = [b.sigmoid(x), b.clamp(x, away), b.softmax(x), b.pad(x, 1, { value: 3 })]
      return lifted.map(value =>
        b.conv2d(b.clamp(b.conv2d(value, { kernel: 1, filters: 3 }), away), { kernel: 1, filters: 2 }),
      )
    })
    await check(graph)
  })

  it('are stretched, joined, cut and flattened number by number', async () => {
    const graph = on([2, 3, 4, 5], (b, x) => {
      const one = b.globalAveragePool(x, { keepDims: true })
      const narrow = b.reshape(b.dense(b.flatten(x), { units: 12 }), [3, 4, 1])
      return [
        b.add(x, one),
        b.mul(narrow, x),
        b.concat([x, narrow, x], 3),
        b.concat([x, x], 1),
        b.reshape(x, [10, 6]),
        b.flatten(x),
      ]
    })
    await check(graph)
  })
})

describe('windows', () => {
  it('may be wider than the image, dilated, uneven, or all padding at a corner', async () => {
    const graph = on([1, 5, 6, 3], (b, x) => [
      b.conv2d(x, { kernel: [1, 9], filters: 4, padding: 'same' }),
      b.depthwiseConv2d(x, { kernel: [9, 9], padding: 'same' }),
      b.depthwiseConv2d(x, { kernel: 3, dilations: 3, padding: 'same' }),
      b.conv2d(x, { kernel: 2, strides: [1, 3], filters: 4, padding: { top: 3, bottom: 2, left: 4, right: 0 } }),
      b.depthwiseConv2d(x, { kernel: 1, strides: 3, padding: 2 }),
    ])
    await check(graph)
  })

  it('pool without and with counted padding; padding never wins', async () => {
    const graph = on([1, 5, 6, 3], (b, x) => [
      b.averagePool(x, { kernel: 3, strides: 2 }),
      b.averagePool(x, { kernel: 3, strides: 2, countPadding: true }),
      b.averagePool(x, { kernel: [1, 4], padding: { top: 0, bottom: 0, left: 3, right: 3 } }),
    ])
    await check(graph)
    await check(
      on([1, 5, 6, 3], (b, x) => b.maxPool(b.clamp(x, { min: -2, max: -1 }), { kernel: 3, strides: 2 })),
      false,
    )
  })

  it('convolve groups that are whole vectors, cut ones, and a depth multiplier', async () => {
    const graph = on([1, 4, 5, 24], (b, x) => [
      b.conv2d(x, { kernel: 3, filters: 24, groups: 3 }),
      b.conv2d(x, { kernel: 3, filters: 9, groups: 3 }),
      b.conv2d(x, { kernel: 1, filters: 30, groups: 6 }),
      b.depthwiseConv2d(x, { kernel: 3, multiplier: 3, strides: 2 }),
    ])
    await check(graph)
  })
})

describe('what follows a result', () => {
  it('is fused in the order it stands, on either side of a sum', async () => {
    const graph = on([1, 4, 4, 6], (b, x) => {
      const bound: Bounds = { min: -0.5, max: 0.75 }
      const project = b.clamp(b.conv2d(x, { kernel: 1, filters: 6 }), bound)
      const sum = b.clamp(b.add(x, project), { min: -1, max: 0.5 })
      const pooled = b.relu(b.add(b.averagePool(sum, { kernel: 2, strides: 1 }), b.maxPool(x, { kernel: 2 })))
      return b.relu6(b.mul(pooled, pooled))
    })
    await using executable = await webgpu({ device }).compile(graph, randomParams(graph))
    const timings = await executable.profile(randomInputs(graph))
    expect(timings.map(({ kernel }) => kernel)).toEqual([
      'pointwise4x2_bias_clamp-0.5to0.75_add_clamp-1to0.5',
      'maxPool2x2_s1',
      'averagePool2x2_s1_add_clamp0toInfinity',
      'mul_clamp0to6',
    ])
    await check(graph)
  })

  it('keeps outputs and values with several readers apart', async () => {
    const graph = on([1, 3, 3, 4], (b, x) => {
      const conv = b.conv2d(x, { kernel: 3, filters: 4 })
      const twice = b.add(conv, conv)
      return [b.relu(conv), twice, b.relu6(twice)]
    })
    await check(graph)
  })
})

it('a batch is its images one by one', async () => {
  const graph = on([3, 9, 7, 3], (b, x) => {
    const stem = b.relu6(b.conv2d(x, { kernel: 3, strides: 2, filters: 10 }))
    const block = b.add(stem, b.conv2d(b.depthwiseConv2d(stem, { kernel: 3 }), { kernel: 1, filters: 10 }))
    return b.dense(b.globalAveragePool(block), { units: 37 })
  })
  await check(graph)
  await check(
    on([3, 37], (b, x) => b.softmax(x)),
    false,
  )
})

it('integers are read as reals, and long rows keep their sums', async () => {
  const b = new GraphBuilder()
  const bytes = b.input([1, 2, 3, 3], { name: 'bytes', dtype: 'uint8' })
  const graph = b.build([b.normalize(bytes, { scale: [1 / 127.5, 0.5, 2], offset: [-1, 0, 3] }), bytes])
  const data = Uint8Array.from({ length: 18 }, (_, i) => (i * 41) % 256)
  await using executable = await webgpu({ device }).compile(graph, new Map())
  const outputs = await executable.run({ bytes: data })
  expect(outputs['bytes']?.data).toEqual(Float32Array.from(data))
  const [scales, offsets] = [
    [1 / 127.5, 0.5, 2],
    [-1, 0, 3],
  ] as const
  const expected = Float32Array.from(data, (value, i) => value * scales[i % 3]! + offsets[i % 3]!)
  for (const [i, value] of expected.entries()) expect(outputs['normalize_1']?.data[i]).toBeCloseTo(value, 5)
  await check(on([1, 60000], (b, x) => b.dense(x, { units: 2 })))
  await check(
    on([1, 60000], (b, x) => b.softmax(b.clamp(x, { min: 0, max: 1 }))),
    false,
  )
  await check(on([1, 97, 101, 2], (b, x) => b.globalAveragePool(b.relu(x))))
})
