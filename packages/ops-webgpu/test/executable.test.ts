import { type CompileOptions, DisposedError, GraphBuilder, onSpan, type Signal } from '@depthwise/core'
import { webgpu } from '@depthwise/ops-webgpu'
import { randomParams, randomTensor } from '@depthwise/testing/random-params'
import { describe, expect, it } from 'vitest'
import { counting } from './counting-device.ts'
import { gpu, openDevice } from './device.ts'
import { image, smallNetwork } from './small-network.ts'

const shared = await openDevice()

async function compiled(options?: CompileOptions, device: GPUDevice = shared) {
  const { graph, params } = smallNetwork()
  return { graph, params, executable: await webgpu({ device }).compile(graph, params, options) }
}

describe('run', () => {
  it('is one pass, one submit and one readback', async () => {
    const { device, counts } = counting(await openDevice())
    const { executable } = await compiled({}, device)
    const before = { ...counts }
    await executable.run({ image: image(1) })
    const difference = Object.entries(counts).map(([what, count]) => [
      what,
      count - before[what as keyof typeof counts],
    ])
    // Stem, depthwise with its shortcut, pool, dense, softmax.
    const expected = { created: 0, destroyed: 0, submits: 1, maps: 1, passes: 1, dispatches: 5 }
    expect(Object.fromEntries(difference)).toEqual(expected)
    device.destroy()
  })

  it('tells listeners where the host spends its time', async () => {
    const { executable } = await compiled()
    const spans: string[] = []
    const stop = onSpan(({ name }) => spans.push(name))
    await executable.run({ image: image(1) })
    stop()
    expect(spans).toEqual(['webgpu encode', 'webgpu submit', 'webgpu readback'])
  })
})

describe('compile', () => {
  it('leaves nothing behind when it is aborted on the way', async () => {
    const { device, counts } = counting(await openDevice())
    const { graph, params } = smallNetwork()
    const controller = new AbortController()
    const compile = webgpu({ device }).compile(graph, params, { signal: controller.signal })
    controller.abort()
    await expect(compile).rejects.toThrow('aborted')
    expect(counts.created).toBeGreaterThan(0)
    expect(counts.destroyed).toBe(counts.created)
    device.destroy()
  })
})

describe('abort', () => {
  it('is honoured before a run, and while it waits for earlier ones; it harms no other', async () => {
    const { executable } = await compiled()
    const expected = await executable.run({ image: image(2) })
    await expect(executable.run({ image: image(1) }, { signal: AbortSignal.abort() })).rejects.toThrow('aborted')
    let asked = 0
    const signal: Signal = {
      aborted: false,
      throwIfAborted() {
        asked += 1
        if (asked === 2) throw new Error('enough')
      },
    }
    const runs = [executable.run({ image: image(1) }, { signal }), executable.run({ image: image(2) })]
    await expect(runs[0]).rejects.toThrow('enough')
    expect(await runs[1]).toEqual(expected)
  })
})

describe('profile', () => {
  it('times every launch, in order, and names the authored nodes behind it', async () => {
    const { graph, executable } = await compiled()
    const timings = await executable.profile({ image: image(1) })
    expect(timings.map(({ kernel }) => kernel)).toEqual([
      'conv3x3_s2_3x1_bias_clamp0to6',
      'depthwise3x3_s1_3_bias_add',
      'globalAveragePool',
      'pointwise1x1_bias',
      'softmax',
    ])
    const computed = graph.nodes.filter(node => node.op.kind !== 'input').map(({ id }) => id)
    expect(timings.flatMap(({ nodes }) => nodes).toSorted((a, b) => a - b)).toEqual(computed)
    for (const { milliseconds } of timings) expect(milliseconds).toBeGreaterThanOrEqual(0)
  })

  it('shows what follows a result fused in the order it stands, on either side of a sum', async () => {
    const b = new GraphBuilder()
    const x = b.input([1, 4, 4, 6], { name: 'x' })
    const project = b.clamp(b.conv2d(x, { kernel: 1, filters: 6 }), { min: -0.5, max: 0.75 })
    const sum = b.clamp(b.add(x, project), { min: -1, max: 0.5 })
    const pooled = b.relu(b.add(b.averagePool(sum, { kernel: 2, strides: 1 }), b.maxPool(x, { kernel: 2 })))
    const graph = b.build([b.relu6(b.mul(pooled, pooled))])
    await using executable = await webgpu({ device: shared }).compile(graph, randomParams(graph))
    const timings = await executable.profile({ x: randomTensor([1, 4, 4, 6], 7) })
    expect(timings.map(({ kernel }) => kernel)).toEqual([
      'pointwise4x2_bias_clamp-0.5to0.75_add_clamp-1to0.5',
      'maxPool2x2_s1',
      'averagePool2x2_s1_add_clamp0toInfinity',
      'mul_clamp0to6',
    ])
  })

  it('uses timestamps where the device has them', async () => {
    const adapter = await gpu.requestAdapter()
    expect(adapter?.features.has('timestamp-query')).toBe(true)
    const { graph, params } = smallNetwork()
    await using executable = await webgpu({ gpu }).compile(graph, params)
    const timings = await executable.profile({ image: image(1) })
    expect(timings).toHaveLength(5)
    for (const { milliseconds } of timings) expect(milliseconds).toBeLessThan(1000)
  })
})

describe('disposal', () => {
  it('answers what was accepted before, refuses what comes after, and may be repeated', async () => {
    const { executable } = await compiled()
    const expected = await executable.run({ image: image(1) })
    const runs = [executable.run({ image: image(1) }), executable.run({ image: image(1) })]
    const profile = executable.profile({ image: image(1) })
    const disposal = executable[Symbol.asyncDispose]()
    await expect(executable.run({ image: image(1) })).rejects.toThrow(DisposedError)
    await expect(executable.profile({ image: image(1) })).rejects.toThrow(DisposedError)
    await disposal
    expect(await Promise.all(runs)).toEqual([expected, expected])
    expect(await profile).not.toHaveLength(0)
    await executable[Symbol.asyncDispose]()
  })
})
