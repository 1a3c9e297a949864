import {
  BackendUnavailableError,
  createSession,
  DeviceLostError,
  GraphBuilder,
  OptionError,
  zeros,
} from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'
import { DeviceMemoryError, type GpuDevice, KernelError, webgpu } from '@depthwise/ops-webgpu'
import { describe, expect, expectTypeOf, it, vi } from 'vitest'
import { Context } from '../src/gpu/context.ts'
import { counting } from './counting-device.ts'
import { gpu, keeping, openDevice } from './device.ts'
import { expectFlat, settledMemory } from './memory.ts'
import { image, smallNetwork } from './small-network.ts'

const soak = process.env['DEPTHWISE_SOAK'] !== undefined

describe('probe', () => {
  it('names the adapter, what is in use, and says that a software adapter is slow', async () => {
    const { available, features, reasons } = await webgpu({ gpu }).probe()
    expect(available).toBe(true)
    expect(features).toEqual(['adapter: SwiftShader driver 5.0.0', 'float32', 'timestamp-query'])
    expect(reasons).toEqual(['SwiftShader driver 5.0.0 is a software adapter: right, but slow'])
  })

  it('says in words what is missing', async () => {
    const none = { requestAdapter: async () => null } as unknown as GPU
    const broken = { requestAdapter: () => Promise.reject(new Error('no driver')) } as unknown as GPU
    const reasons = async (options: Parameters<typeof webgpu>[0]) => (await webgpu(options).probe()).reasons.join()
    expect(await reasons({})).toContain('no navigator.gpu here; in Node, pass webgpu({ gpu: create([]) })')
    expect(await reasons({ gpu: none })).toContain('found no adapter')
    expect(await reasons({ gpu: broken })).toContain('requestAdapter failed: no driver')
    expect(await reasons({ gpu, dtype: 'float16' })).toContain('lacks shader-f16')
    const { graph, params } = smallNetwork()
    for (const options of [{}, { gpu: none }, { gpu: broken }, { gpu, dtype: 'float16' }] as const) {
      await expect(webgpu(options).compile(graph, params)).rejects.toThrow(BackendUnavailableError)
    }
  })

  it('has sessions move on, with the reason', async () => {
    const { graph, params } = smallNetwork()
    await using session = await createSession(graph, params, { backends: [webgpu({}), reference()] })
    expect(session.backend).toBe('reference')
    expect(session.skipped[0]?.reason).toContain('navigator.gpu')
  })
})

describe('options', () => {
  it('take devices as browsers and Dawn type them', () => {
    expectTypeOf<GPUDevice>().toExtend<GpuDevice>()
  })

  it('outside their domain are refused', () => {
    expect(() => webgpu({ dtype: 'float64' as 'float32' })).toThrow(OptionError)
    for (const tile of [
      { pixels: 0, groups: 1, split: 1, workgroup: 64 },
      { pixels: 8, groups: 8, split: 1, workgroup: 64 },
      { pixels: 1, groups: 1, split: 3, workgroup: 64 },
      { pixels: 1, groups: 1, split: 1, workgroup: 512 },
      { pixels: 8, groups: 4, split: 2, workgroup: 64 },
    ]) {
      expect(() => webgpu({ tiles: { late: tile } })).toThrow('option tiles, late')
    }
  })
})

describe('what the device refuses', () => {
  it('is measured before anything is allocated, and named', async () => {
    const b = new GraphBuilder()
    // A file may claim any shape: this value alone would take 6.4 GB.
    const graph = b.build([b.sigmoid(b.input([1, 20000, 20000, 1], { name: 'claim' }), { name: 'huge' })])
    const { device, counts } = counting(await openDevice())
    const compile = webgpu({ device }).compile(graph, new Map())
    await expect(compile).rejects.toThrow(DeviceMemoryError)
    await expect(compile).rejects.toThrow(/node 0 "claim" \(input\): expected a value of at most \d+ bytes/)
    expect(counts.created).toBe(0)
    await using session = await createSession(smallNetwork().graph, smallNetwork().params, {
      backends: [webgpu({ device }), reference()],
    })
    expect(session.backend).toBe('webgpu')
    device.destroy()
  })

  it('in weights is named by the node that reads them', async () => {
    const b = new GraphBuilder()
    const x = b.input([1, 8], { name: 'x' })
    // 134 MB, a little more than the 128 MiB a device binds unless more is asked for.
    const graph = b.build([b.dense(x, { name: 'wide', units: 4_200_000, bias: false })])
    const params = new Map([['wide/weights', zeros([8, 4_200_000])]])
    const device = await openDevice()
    await expect(webgpu({ device }).compile(graph, params)).rejects.toThrow(/"wide" \(dense\): .*weights/)
    device.destroy()
  })

  it('comes back as an error of ours, nothing left behind', async () => {
    const { graph, params } = smallNetwork()
    const { device, counts } = counting(await openDevice())
    const createBuffer = device.createBuffer.bind(device)
    // A mapped buffer the host has no memory for is a RangeError (WebGPU, section 5.1.3).
    device.createBuffer = descriptor => {
      if (descriptor.label?.startsWith('weights')) throw new RangeError('no memory')
      return createBuffer(descriptor)
    }
    await expect(webgpu({ device }).compile(graph, params)).rejects.toThrow('weights 0: expected memory on the device')
    // One whose usage does not fit is a validation error, told out of band.
    device.createBuffer = descriptor =>
      createBuffer({ ...descriptor, usage: descriptor.usage & ~GPUBufferUsageStorage })
    await expect(webgpu({ device }).compile(graph, params)).rejects.toThrow(KernelError)
    expect(counts.destroyed).toBe(counts.created)
    device.createBuffer = createBuffer
    await using executable = await webgpu({ device }).compile(graph, params)
    expect(await executable.run({ image: image(1) })).toHaveProperty('probabilities')
  })

  it('in a kernel is told with the node, the kernel, and the words of the compiler', async () => {
    const context = new Context(await openDevice())
    const kernel = { name: 'nonsense', source: 'fn main( {', access: ['read_write'], workgroups: 1 } as const
    const pipeline = context.pipeline(kernel, 'node 3 "stem" (conv2d)')
    await expect(pipeline).rejects.toThrow(KernelError)
    await expect(pipeline).rejects.toThrow(
      /node 3 "stem" \(conv2d\), kernel nonsense: expected a pipeline, found .*WGSL/,
    )
    context.device.destroy()
  })
})

const GPUBufferUsageStorage = 0x80

describe('a lost device', () => {
  it('ends runs in DeviceLostError, those under way included', async () => {
    const device = await openDevice()
    const { graph, params } = smallNetwork()
    await using executable = await webgpu({ device }).compile(graph, params)
    const runs = [1, 2, 3, 4].map(seed => executable.run({ image: image(seed) }))
    const profile = executable.profile({ image: image(1) })
    device.destroy()
    for (const outcome of await Promise.allSettled([...runs, profile])) {
      // Those the device had answered already stand.
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(DeviceLostError)
    }
    await expect(executable.run({ image: image(1) })).rejects.toThrow(DeviceLostError)
    const { available, reasons } = await webgpu({ device }).probe()
    expect([available, reasons]).toEqual([false, ["the caller's device was lost"]])
  })

  it('loses no request of a session, which opens another', async () => {
    const { gpu, devices } = keeping()
    const { graph, params } = smallNetwork()
    await using session = await createSession(graph, params, { backends: [webgpu({ gpu }), reference()] })
    const expected = await session.run({ image: image(1) })
    const runs = Array.from({ length: 6 }, () => session.run({ image: image(1) }))
    devices[0]?.destroy()
    const later = session.run({ image: image(1) })
    expect(await Promise.all([...runs, later])).toEqual(new Array(7).fill(expected))
    expect(session.backend).toBe('webgpu')
    expect(devices).toHaveLength(2)
    expect(session.skipped[0]?.reason).toContain('lost (destroyed)')
  })

  it("of the caller's is not replaced: sessions fall back", async () => {
    const device = await openDevice()
    const { graph, params } = smallNetwork()
    await using session = await createSession(graph, params, { backends: [webgpu({ device }), reference()] })
    const expected = await session.run({ image: image(1) })
    device.destroy()
    const answer = await session.run({ image: image(1) })
    for (const [i, value] of (expected['features']?.data ?? []).entries()) {
      expect(answer['features']?.data[i]).toBeCloseTo(value, 5)
    }
    expect(session.backend).toBe('reference')
    expect(session.skipped.map(({ reason }) => reason).join()).toContain("the caller's device was lost")
  })
})

describe('memory', () => {
  it('is freed at disposal, the device with its last user, and not before', async () => {
    const { gpu, devices } = keeping()
    const { graph, params } = smallNetwork()
    const backend = webgpu({ gpu })
    const first = await backend.compile(graph, params)
    const second = await backend.compile(graph, params)
    expect(devices).toHaveLength(1)
    await first[Symbol.asyncDispose]()
    expect(await second.run({ image: image(1) })).toHaveProperty('features')
    await second[Symbol.asyncDispose]()
    expect((await devices[0]?.lost)?.reason).toBe('destroyed')
    await using third = await backend.compile(graph, params)
    expect(devices).toHaveLength(2)
    expect(await third.run({ image: image(1) })).toHaveProperty('features')
  })

  it('holds nothing of a device that was closed, though the backend lives on', async () => {
    const { gpu, devices } = keeping()
    const { graph, params } = smallNetwork()
    const backend = webgpu({ gpu })
    const refs: WeakRef<object>[] = []
    const cycle = async (): Promise<void> => {
      await using executable = await backend.compile(graph, params)
      for (const device of devices.splice(0)) refs.push(new WeakRef(device), new WeakRef(executable))
    }
    for (let i = 0; i < 3; i++) await cycle()
    for (let i = 0; i < 3; i++) {
      await new Promise(resolve => setTimeout(resolve, 20))
      settledMemory()
    }
    expect(refs).toHaveLength(6)
    expect(refs.map(ref => ref.deref() !== undefined)).toEqual(refs.map(() => false))
    expect(await backend.probe()).toMatchObject({ available: true })
  })

  it("shares pipelines among backends on the caller's device, which keeps none of them alive", async () => {
    const device = await openDevice()
    const compiled = vi.spyOn(device, 'createComputePipelineAsync')
    const { graph, params } = smallNetwork()
    const refs: WeakRef<object>[] = []
    let first = 0
    for (let cycle = 0; cycle < 10; cycle++) {
      const backend = webgpu({ device })
      refs.push(new WeakRef(backend))
      const executable = await backend.compile(graph, params)
      first ||= compiled.mock.calls.length
      await executable[Symbol.asyncDispose]()
    }
    expect(first).toBeGreaterThan(0)
    expect(compiled).toHaveBeenCalledTimes(first)
    await new Promise(resolve => setTimeout(resolve, 50))
    settledMemory()
    expect(refs.filter(ref => ref.deref()).length).toBeLessThanOrEqual(1)
    device.destroy()
  })

  it('stays flat over runs and cycles of create and dispose', async () => {
    const { device, counts } = counting(await openDevice())
    const { graph, params } = smallNetwork()
    const backend = webgpu({ device })
    const cycles = soak ? 2000 : 100
    for (let cycle = 0; cycle < cycles; cycle++) {
      const executable = await backend.compile(graph, params)
      await executable.run({ image: image(cycle) })
      await executable[Symbol.asyncDispose]()
      expect(counts.destroyed).toBe(counts.created)
    }
    await using executable = await backend.compile(graph, params)
    const { created } = counts
    const stretch = soak ? 2500 : 250
    const memory: NodeJS.MemoryUsage[] = []
    for (let run = 1; run <= 8 * stretch; run++) {
      await executable.run({ image: image(1) })
      if (run % stretch === 0) memory.push(settledMemory())
    }
    expect(counts.created).toBe(created)
    expectFlat(memory)
  })
})
