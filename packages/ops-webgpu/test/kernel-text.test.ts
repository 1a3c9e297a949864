import { GraphBuilder, type Network, type OpKind, type Tensor, tensor, type Value } from '@depthwise/core'
import { optimize } from '@depthwise/core/backend'
import { randomParams } from '@depthwise/testing/random-params'
import { describe, expect, it } from 'vitest'
import { integerLowering } from '../src/integers/index.ts'
import type { PairFusion } from '../src/plan/fusion.ts'
import type { IntegerLowering } from '../src/plan/integer-lowering.ts'
import { type ScheduleOptions, schedule } from '../src/plan/schedule.ts'
import { separable } from '../src/separable/index.ts'

// Kernels as text, without any adapter: a change of an emitter shows in the diff of the files it changes.

const software: ScheduleOptions = { dtype: 'float32', adapter: 'software' }
const gpu: ScheduleOptions = { dtype: 'float32', adapter: 'gpu' }

/** With depthwise and pointwise in one dispatch. */
const fused: ScheduleOptions = { dtype: 'float16', adapter: 'gpu', fuse: separable as PairFusion }

function kernels(shape: readonly number[], options: ScheduleOptions, build: (b: GraphBuilder, x: Value) => Value) {
  const b = new GraphBuilder()
  // A neighbour on either side, so that neither operand nor result crosses to the host, which would keep it in float32.
  const graph = b.build([b.sigmoid(build(b, b.sigmoid(b.input(shape))))])
  const { steps } = schedule(optimize({ graph, params: randomParams(graph) }), options)
  return steps.slice(1, -1).flatMap(({ dispatches }) => dispatches.map(({ kernel }) => kernel))
}

/** A block of bytes and what ends a network. */
function quantizedBlock(): Network {
  const b = new GraphBuilder()
  const elements = { dtype: 'uint8', quantization: { scale: 0.0235, zeroPoint: 0 } } as const
  const x = b.input([1, 56, 56, 24], { elements })
  const deep = b.depthwiseConv2d(x, { name: 'deep', kernel: 3, bias: false, elements })
  const point = b.conv2d(deep, { name: 'point', kernel: 1, filters: 24, bias: false, elements })
  const mean = b.globalAveragePool(b.add(x, point, { elements }), { elements })
  const graph = b.build([
    b.softmax(mean, { elements: { dtype: 'int8', quantization: { scale: 1 / 256, zeroPoint: -128 } } }),
  ])
  const weights = (shape: readonly number[], count: number): Tensor => {
    return { ...tensor(shape, new Uint8Array(count)), quantization: { scale: 0.01, zeroPoint: 121 } }
  }
  const params = new Map([
    ['deep/weights', weights([3, 3, 24, 1], 216)],
    ['point/weights', weights([1, 1, 24, 24], 576)],
  ])
  return { graph, params }
}

const cases: readonly (readonly [
  file: string,
  shape: readonly number[],
  options: ScheduleOptions,
  build: (b: GraphBuilder, x: Value) => Value,
])[] = [
  ['stem', [1, 224, 224, 3], software, (b, x) => b.relu6(b.conv2d(x, { kernel: 3, strides: 2, filters: 32 }))],
  ['depthwise', [1, 112, 112, 96], software, (b, x) => b.relu6(b.depthwiseConv2d(x, { kernel: 3, strides: 2 }))],
  ['expand', [1, 56, 56, 24], software, (b, x) => b.relu6(b.conv2d(x, { kernel: 1, filters: 144 }))],
  ['project', [1, 56, 56, 24], software, (b, x) => b.add(x, b.conv2d(x, { kernel: 1, filters: 24 }))],
  [
    'odd-channels',
    [1, 5, 7, 9],
    software,
    (b, x) => b.clamp(b.conv2d(x, { kernel: 1, filters: 6 }), { min: 1, max: 2 }),
  ],
  ['late-layer', [1, 7, 7, 960], gpu, (b, x) => b.conv2d(x, { kernel: 1, filters: 160 })],
  [
    'separable',
    [1, 14, 14, 96],
    fused,
    (b, x) => b.conv2d(b.relu6(b.depthwiseConv2d(x, { kernel: 3, strides: 2 })), { kernel: 1, filters: 24 }),
  ],
  ['half', [1, 14, 14, 64], { dtype: 'float16', adapter: 'gpu' }, (b, x) => b.depthwiseConv2d(x, { kernel: 3 })],
]

describe('the text of kernels', () => {
  for (const [file, shape, options, build] of cases) {
    it(file, async () => {
      const [kernel] = kernels(shape, options, build)
      expect(kernel).toBeDefined()
      await expect(`// ${kernel?.name}\n${kernel?.source}`).toMatchFileSnapshot(`./kernels/${file}.wgsl`)
    })
  }

  const packedDot = integerLowering({ has: () => true })
  const unpacked = integerLowering()
  it.each<readonly [file: string, integers: IntegerLowering, kind: OpKind]>([
    ['bytes-pointwise', packedDot, 'conv2d'],
    ['bytes-pointwise-unpacked', unpacked, 'conv2d'],
    ['bytes-depthwise', packedDot, 'depthwiseConv2d'],
    ['bytes-add', packedDot, 'binary'],
    ['bytes-mean', packedDot, 'globalAveragePool'],
    ['bytes-softmax', packedDot, 'softmax'],
  ])('%s', async (file, integers, kind) => {
    const { steps } = schedule(optimize(quantizedBlock()), { ...software, integers })
    const kernel = steps.find(({ node }) => node.op.kind === kind)?.dispatches[0]?.kernel
    await expect(`// ${kernel?.name}\n${kernel?.source}`).toMatchFileSnapshot(`./kernels/${file}.wgsl`)
  })

  it('is one for equal layers, and names no node', () => {
    const block = (b: GraphBuilder, x: Value): Value => b.relu6(b.conv2d(x, { kernel: 1, filters: 24 }))
    const [first, second] = kernels([1, 56, 56, 24], software, (b, x) => block(b, block(b, x)))
    expect(first?.source).toBe(second?.source)
  })
})
