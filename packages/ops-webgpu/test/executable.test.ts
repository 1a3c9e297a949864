import {
  type CompileOptions,
  DisposedError,
  GraphError,
  type Node,
  onSpan,
  ShapeError,
  type Signal,
  tensor,
  WeightsError,
  withOutputs,
} from '@depthwise/core'
import { webgpu } from '@depthwise/ops-webgpu'
import { describe, expect, it } from 'vitest'
import { evaluated, expectAgreement } from '../../ops-cpu/test/agreement.ts'
import { counting } from './counting-device.ts'
import { gpu, openDevice } from './device.ts'
import { image, smallNetwork } from './small-network.ts'

const shared = await openDevice()

async function compiled(options?: CompileOptions, device: GPUDevice = shared) {
  const { graph, params } = smallNetwork()
  return { graph, params, executable: await webgpu({ device }).compile(graph, params, options) }
}

describe('run', () => {
  it('answers as the reference does, in the shapes of the graph', async () => {
    const { graph, params, executable } = await compiled()
    const outputs = await executable.run({ image: image(1) })
    expectAgreement(outputs, await evaluated({ graph, params }, { image: image(1) }), 1e-5)
    expect(outputs['probabilities']?.shape).toEqual([1, 5])
  })

  it('answers many concurrent calls in order, each with its own inputs', async () => {
    const { executable } = await compiled()
    const seeds = Array.from({ length: 12 }, (_, seed) => seed)
    const alone = []
    for (const seed of seeds) alone.push(await executable.run({ image: image(seed) }))
    const order: number[] = []
    const together = await Promise.all(
      seeds.map(async seed => {
        const outputs = await executable.run({ image: image(seed) })
        order.push(seed)
        return outputs
      }),
    )
    expect(together).toEqual(alone)
    expect(new Set(together.map(outputs => outputs['features']?.data.join())).size).toBe(seeds.length)
    expect(order).toEqual(seeds)
  })

  it('reads its inputs at once: buffers may be reused before the answer', async () => {
    const { executable } = await compiled()
    const expected = [await executable.run({ image: image(1) }), await executable.run({ image: image(2) })]
    const buffer = image(1).data
    const first = executable.run({ image: buffer })
    buffer.set(image(2).data)
    const second = executable.run({ image: buffer })
    buffer.fill(Number.NaN)
    expect([await first, await second]).toEqual(expected)
  })

  it('gives the outputs away: writing to them changes nothing', async () => {
    const { executable } = await compiled({ expose: 'all' })
    const first = await executable.run({ image: image(1) })
    const copy = structuredClone(first)
    for (const { data } of Object.values(first)) data.fill(7)
    expect(await executable.run({ image: image(1) })).toEqual(copy)
  })

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

  it('complains of inputs that do not fit, and goes on', async () => {
    const { executable } = await compiled()
    await expect(executable.run({})).rejects.toThrow(GraphError)
    await expect(executable.run({ picture: image(1) })).rejects.toThrow(GraphError)
    await expect(executable.run({ image: new Float32Array(5) })).rejects.toThrow(ShapeError)
    await expect(executable.run({ image: image(1) })).resolves.toHaveProperty('probabilities')
  })
})

describe('compile', () => {
  it('computes a batch as its images one by one', async () => {
    const { executable: single } = await compiled()
    const { executable: three } = await compiled({ batch: 3 })
    const images = [1, 2, 3].map(image)
    const batch = tensor([3, 6, 6, 3], new Float32Array(images.flatMap(({ data }) => [...data])))
    const outputs = await three.run({ image: batch })
    for (const [index, each] of images.entries()) {
      for (const [name, { data }] of Object.entries(await single.run({ image: each }))) {
        const own = outputs[name]?.data.slice(index * data.length, (index + 1) * data.length) ?? []
        for (const [i, value] of data.entries()) expect(own[i]).toBeCloseTo(value, 5)
      }
    }
  })

  it("exposes every node's value, as the reference has them", async () => {
    const { graph, params, executable } = await compiled({ expose: 'all' })
    const outputs = await executable.run({ image: image(1) })
    expect(new Set(Object.keys(outputs))).toEqual(new Set(graph.nodes.map(node => node.name)))
    const exposed = withOutputs(
      graph,
      graph.nodes.map(({ id }) => id),
    )
    expectAgreement(outputs, await evaluated({ graph: exposed, params }, { image: image(1) }), 1e-5)
  })

  it('exposes nodes by id, also those that are fused otherwise', async () => {
    const { graph } = await compiled()
    const act = graph.nodes.find(node => node.name === 'act') as Node
    const { executable } = await compiled({ expose: [act.id] })
    const { executable: all } = await compiled({ expose: 'all' })
    const outputs = await executable.run({ image: image(1) })
    expect(Object.keys(outputs)).toEqual(['probabilities', 'features', 'act'])
    const expected = (await all.run({ image: image(1) }))['act']?.data ?? []
    for (const [i, value] of expected.entries()) expect(outputs['act']?.data[i]).toBeCloseTo(value, 5)
  })

  it('complains of what no backend could run', async () => {
    const { graph, params } = smallNetwork()
    const backend = webgpu({ device: shared })
    await expect(backend.compile(graph, new Map())).rejects.toThrow(WeightsError)
    await expect(backend.compile({ ...graph, outputs: [] }, params)).rejects.toThrow(GraphError)
    await expect(backend.compile(graph, params, { batch: 0 })).rejects.toThrow(GraphError)
    await expect(backend.compile(graph, params, { signal: AbortSignal.abort() })).rejects.toThrow('aborted')
  })

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
