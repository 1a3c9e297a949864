import { createSession, GraphBuilder, GraphError, type Tensor, tensor, UnsupportedOpError } from '@depthwise/core'
import { optimize } from '@depthwise/core/backend'
import { reference } from '@depthwise/ops-cpu'
import { webgpu } from '@depthwise/ops-webgpu'
import { separable } from '@depthwise/ops-webgpu/separable'
import { tune } from '@depthwise/ops-webgpu/tune'
import { quantizedEdgeCases } from '@depthwise/testing/quantized-edge-cases'
import { describe, expect, it } from 'vitest'
import { integerLowering } from '../src/integers/index.ts'
import { planBuffers } from '../src/plan/buffers.ts'
import type { PairFusion } from '../src/plan/fusion.ts'
import { schedule } from '../src/plan/schedule.ts'
import { gpu, openDevice } from './device.ts'
import { expectBytes } from './expect-bytes.ts'

const uint8 = (scale: number, zeroPoint: number) => ({ dtype: 'uint8', quantization: { scale, zeroPoint } }) as const
const int8 = (scale: number, zeroPoint: number) => ({ dtype: 'int8', quantization: { scale, zeroPoint } }) as const

/** Bytes in, reals out: a renamed value, products, a sum, reals on both sides. */
function mixedNetwork() {
  const b = new GraphBuilder()
  const bytes = b.input([2, 5, 6, 3], { name: 'bytes', ...uint8(1 / 128, 128) })
  const renamed = b.quantize(bytes, int8(1 / 128, 0), { name: 'renamed' })
  const deep = b.depthwiseConv2d(renamed, { name: 'deep', kernel: 3, elements: int8(0.02, 5) })
  const point = b.conv2d(deep, { name: 'point', kernel: 1, filters: 3, elements: uint8(0.03, 120) })
  const sum = b.add(point, renamed, { name: 'sum', elements: uint8(0.04, 110) })
  const reals = b.relu(b.dequantize(sum, { name: 'reals' }), { name: 'rectified' })
  const again = b.quantize(b.sigmoid(reals), uint8(1 / 256, 0), { name: 'again' })
  const graph = b.build([again, b.reshape(renamed, [90], { name: 'flat' })])
  const weights = (shape: readonly number[], seed: number) => {
    const data = Int8Array.from({ length: shape.reduce((n, extent) => n * extent, 1) }, (_, i) => i * 41 + seed)
    return { ...tensor(shape, data), quantization: { scale: 0.01, zeroPoint: 0 } }
  }
  const params = new Map<string, Tensor>([
    ['deep/weights', weights([3, 3, 3, 1], 1)],
    ['deep/bias', tensor([3], Int32Array.of(100, -200, 300))],
    ['point/weights', weights([1, 1, 3, 3], 2)],
    ['point/bias', tensor([3], Int32Array.of(-50, 0, 50))],
  ])
  const inputs = {
    bytes: tensor(
      [2, 5, 6, 3],
      Uint8Array.from({ length: 180 }, (_, i) => i * 37),
    ),
  }
  return { graph, params, inputs }
}

/** A softmax whose result has too small a scale to divide by. */
function tinySoftmax() {
  const b = new GraphBuilder()
  const x = b.input([1, 4], { name: 'x', ...int8(0.1, 0) })
  return b.build([b.softmax(x, { name: 'tiny', elements: uint8(1e-30, 0) })])
}

describe('quantized graphs', () => {
  it('may have reals beside them, and take and give bytes in their own types', async () => {
    const { graph, params, inputs } = mixedNetwork()
    await using truth = await reference().compile(graph, params)
    await using executable = await webgpu({ gpu }).compile(graph, params)
    const [expected, actual] = [await truth.run(inputs), await executable.run(inputs)]
    expect(actual['flat']).toEqual(expected['flat'])
    expect(actual['flat']).toMatchObject({ dtype: 'int8', quantization: { scale: 1 / 128, zeroPoint: 0 } })
    const [again, wanted] = [actual['again']?.data ?? [], expected['again']?.data ?? []]
    // Sigmoid of reals is not exact: a step of the result.
    for (const [i, byte] of [...wanted].entries()) expect(Math.abs((again[i] ?? NaN) - byte)).toBeLessThanOrEqual(1)
  })

  it('launch nothing for what is a matter of words, and keep bytes as bytes where reals are stored in half precision', () => {
    const { graph, params } = mixedNetwork()
    const integers = integerLowering()
    const options = { dtype: 'float16', adapter: 'gpu', integers } as const
    const { steps, layout } = schedule(optimize({ graph, params }), options)
    expect(steps.map(({ node }) => node.op.kind)).toEqual([
      'depthwiseConv2d',
      'conv2d',
      'binary',
      'dequantize',
      'clamp',
      'sigmoid',
      'quantize',
      'reshape',
    ])
    const bytes = graph.nodes.filter(({ quantization }) => quantization).map(({ id }) => layout(id).dtype)
    expect(new Set(bytes)).toEqual(new Set(['bytes']))
    expect(steps.flatMap(({ dispatches }) => dispatches.map(({ kernel }) => kernel.name))).toContain('quantize_i8_f16')
  })

  it('take a byte a channel in the arena', () => {
    const b = new GraphBuilder()
    const x = b.input([1, 8, 8, 64], { ...int8(0.1, 0) })
    const graph = b.build([
      b.maxPool(b.clamp(x, { min: 0, max: 6 }, { elements: int8(0.05, 0) }), { kernel: 2, strides: 2 }),
    ])
    const plan = schedule(
      { graph, params: new Map() },
      { dtype: 'float32', adapter: 'gpu', integers: integerLowering() },
    )
    const { places } = planBuffers(plan, Infinity)
    expect(graph.nodes.map(({ id }) => places.get(id)?.size)).toEqual([4096, 4096, 4096 / 4])
  })

  it('are not fused into one launch of depthwise and pointwise', () => {
    const b = new GraphBuilder()
    const x = b.input([1, 8, 8, 4], { ...int8(0.1, 0) })
    const elements = int8(0.2, 0)
    const deep = b.depthwiseConv2d(x, { name: 'deep', kernel: 3, bias: false, elements })
    const graph = b.build([b.conv2d(deep, { name: 'point', kernel: 1, filters: 4, bias: false, elements })])
    const weights = (shape: readonly number[], count: number): Tensor => {
      return { ...tensor(shape, new Int8Array(count)), quantization: { scale: 1, zeroPoint: 0 } }
    }
    const params = new Map([
      ['deep/weights', weights([3, 3, 4, 1], 36)],
      ['point/weights', weights([1, 1, 4, 4], 16)],
    ])
    const fuse = separable as PairFusion
    const options = { dtype: 'float32', adapter: 'gpu', integers: integerLowering(), fuse } as const
    expect(schedule(optimize({ graph, params }), options).steps).toHaveLength(2)
  })

  it('are tuned like others, and have the same bytes by any tiles', async () => {
    const [{ network }] = quantizedEdgeCases.filter(({ name }) => name.startsWith('ties')) as [
      (typeof quantizedEdgeCases)[number],
    ]
    const device = await openDevice()
    const tile = { pixels: 2, groups: 1, split: 2, workgroup: 16 }
    const tuning = await tune(network().graph, network().params, { device, candidates: { late: [tile] }, rounds: 1 })
    expect(tuning.trials).toHaveLength(2)
    expect(tuning.trials.filter(({ refused }) => refused !== undefined)).toEqual([])
    await expectBytes({ device, tiles: { late: tile } }, network())
    device.destroy()
  })

  it('that it cannot compute are refused by the node, and sessions go on to the next backend', async () => {
    const graph = tinySoftmax()
    await expect(webgpu({ gpu }).compile(graph, new Map())).rejects.toThrow(UnsupportedOpError)
    await expect(webgpu({ gpu }).compile(graph, new Map())).rejects.toThrow(/tiny.*scale from 2\^-60 to 2\^60/)
    await using session = await createSession(graph, new Map(), { backends: [webgpu({ gpu }), reference()] })
    expect(session.backend).toBe('reference')
  })

  it('take and give tensors: buffers and pictures on the device are refused', async () => {
    const { graph, params, inputs } = mixedNetwork()
    const device = await openDevice()
    await using executable = await webgpu({ device }).compile(graph, params)
    const buffer = device.createBuffer({ size: 1024, usage: 0x80 })
    await expect(async () => executable.runOnDevice({ bytes: { buffer } })).rejects.toThrow(GraphError)
    await expect(async () => executable.runOnDevice(inputs, { outputs: { flat: { buffer } } })).rejects.toThrow(
      '"flat": expected a tensor, where values are quantized, found a buffer or picture',
    )
    device.destroy()
  })
})
