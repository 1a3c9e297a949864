import { BackendUnavailableError, createSession, type DepthwiseError, DeviceLostError } from '@depthwise/core'
import { reference } from '@depthwise/ops-cpu'
import { DeviceMemoryError, KernelError, webgpu } from '@depthwise/ops-webgpu'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Counts, counting } from './counting-device.ts'
import { gpu, keeping, openDevice } from './device.ts'
import { image, smallNetwork } from './small-network.ts'

const { graph, params } = smallNetwork()
const inputs = { image: image(1) }
const said = 'the host says no'
const refuse = () => {
  throw new TypeError(said)
}
const reject = () => Promise.reject(new DOMException(said, 'OperationError'))
const forever = () => new Promise<never>(() => {})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** The real adapter, asked for a device as given. */
async function adapterThat(requestDevice: GPUAdapter['requestDevice']): Promise<GPUAdapter> {
  const adapter = await gpu.requestAdapter()
  if (!adapter) throw new Error('no adapter')
  const { info, limits, features } = adapter
  return { info, limits, features, requestDevice } as GPUAdapter
}

const entry = (requestAdapter: () => unknown) => ({ requestAdapter }) as unknown as GPU
const opening = (requestDevice: () => unknown) => entry(() => adapterThat(requestDevice as GPUAdapter['requestDevice']))

/** The error of `compile`, and what a session does instead. */
async function outcome(host: GPU): Promise<{ readonly error: DepthwiseError; readonly reason: string | undefined }> {
  const error = await webgpu({ gpu: host })
    .compile(graph, params)
    .then(
      () => {
        throw new Error('it compiled')
      },
      (error: DepthwiseError) => error,
    )
  await using session = await createSession(graph, params, { backends: [webgpu({ gpu: host }), reference()] })
  expect(session.backend).toBe('reference')
  expect(await session.run(inputs)).toHaveProperty('probabilities')
  return { error, reason: session.skipped[0]?.reason }
}

describe('a host that refuses an adapter or a device', () => {
  it.each([
    ['requestAdapter throws', entry(refuse), said],
    ['requestAdapter rejects', entry(reject), said],
    ['requestAdapter rejects with no error', entry(() => Promise.reject('out of GPUs')), 'out of GPUs'],
    ['there is no requestAdapter', {} as GPU, 'requestAdapter'],
    ['requestDevice throws', opening(refuse), said],
    ['requestDevice rejects', opening(reject), said],
  ])('%s: BackendUnavailableError with its cause, and sessions go on', async (_name, host, message) => {
    const { error, reason } = await outcome(host)
    expect(error).toBeInstanceOf(BackendUnavailableError)
    expect(error.message).toContain(message)
    expect(error.cause).toBeDefined()
    expect(reason).toContain(message)
  })

  it('navigator.gpu itself may throw', async () => {
    vi.stubGlobal('navigator', {
      get gpu() {
        return refuse()
      },
    })
    try {
      const { available, reasons } = await webgpu().probe()
      expect([available, reasons.join()]).toEqual([false, expect.stringContaining(said)])
      await expect(webgpu().compile(graph, params)).rejects.toThrow(BackendUnavailableError)
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it.each([
    ['info', { available: true }],
    ['features', { available: false }],
  ])('probe survives an adapter without %s', async (trait, expected) => {
    const adapter = { ...(await adapterThat(refuse)), [trait]: undefined } as GPUAdapter
    expect(await webgpu({ adapter }).probe()).toMatchObject(expected)
  })

  it.each([
    ['requestAdapter', entry(forever)],
    ['requestDevice', opening(forever)],
  ])('%s that never answers is given up after 10 s', async (call, host) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const message = `${call} did not answer within 10 s`
    const compile = webgpu({ gpu: host }).compile(graph, params)
    const session = createSession(graph, params, { backends: [webgpu({ gpu: host }), reference()] })
    const verdict = expect(compile).rejects.toThrow(new RegExp(`^webgpu: expected .*${message}$`))
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(2))
    await vi.advanceTimersByTimeAsync(9_000)
    expect(vi.getTimerCount()).toBe(2)
    await vi.advanceTimersByTimeAsync(2_000)
    await verdict
    await expect(compile).rejects.toThrow(BackendUnavailableError)
    await using made = await session
    expect(made.backend).toBe('reference')
    expect(made.skipped[0]?.reason).toContain(message)
  })

  it('a device that comes too late is destroyed, and one in time leaves no timer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const device = await openDevice()
    let answer: (device: GPUDevice) => void = () => {}
    const host = opening(() => new Promise(resolve => (answer = resolve)))
    const compile = expect(webgpu({ gpu: host }).compile(graph, params)).rejects.toThrow(BackendUnavailableError)
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
    await vi.advanceTimersByTimeAsync(10_000)
    await compile
    answer(device)
    expect((await device.lost).reason).toBe('destroyed')
    await using _executable = await webgpu({ gpu }).compile(graph, params)
    expect(vi.getTimerCount()).toBe(0)
  })
})

/** Methods of a device that compiling calls. */
const makers = [
  'pushErrorScope',
  'createBuffer',
  'createShaderModule',
  'createBindGroupLayout',
  'createPipelineLayout',
  'createComputePipelineAsync',
  'createBindGroup',
] as const

describe('a device that refuses what compiling asks of it', () => {
  const cases = [
    ...makers.map(method => [method, 'throws', refuse, KernelError] as const),
    ['createComputePipelineAsync', 'rejects', reject, KernelError] as const,
    [
      'createBuffer',
      'has no memory',
      () => {
        throw new RangeError(said)
      },
      DeviceMemoryError,
    ] as const,
  ]
  it.each(cases)(
    '%s %s: a typed error with its cause, sessions go on, nothing stays',
    async (method, _how, fail, kind) => {
      const counted: Counts[] = []
      const { gpu: host, devices } = keeping(device => {
        counted.push(counting(device).counts)
        Object.defineProperty(device, method, { value: fail })
      })
      const { error, reason } = await outcome(host)
      expect(error).toBeInstanceOf(kind)
      expect(error).toBeInstanceOf(BackendUnavailableError)
      expect(error.message).toContain(said)
      expect((error.cause as Error).message).toBe(said)
      expect(reason).toContain(said)
      expect(counted).toHaveLength(2)
      for (const { created, destroyed } of counted) expect(destroyed).toBe(created)
      for (const device of devices) expect((await device.lost).reason).toBe('destroyed')
    },
  )

  it.each([
    ['getMappedRange', 'weights 0'],
    ['unmap', 'weights 0'],
    ['the third createBuffer', 'arena 2'],
  ])('%s: nothing stays either', async (method, where) => {
    const counted: Counts[] = []
    const { gpu: host } = keeping(device => {
      counted.push(counting(device).counts)
      const createBuffer = device.createBuffer.bind(device)
      let made = 0
      device.createBuffer = descriptor => {
        made += 1
        if (method === 'the third createBuffer' && made === 3) return refuse()
        const buffer = createBuffer(descriptor)
        if (descriptor.mappedAtCreation) Object.defineProperty(buffer, method, { value: refuse })
        return buffer
      }
    })
    const { error } = await outcome(host)
    expect(error).toBeInstanceOf(KernelError)
    expect(error.message).toContain(`${where}: expected`)
    for (const { created, destroyed } of counted) expect([created > 0, destroyed]).toEqual([true, created])
  })

  it('a scope that cannot be closed on a lost device is no error of its own', async () => {
    const { gpu: host } = keeping(device => {
      Object.defineProperty(device, 'popErrorScope', { value: refuse })
    })
    await using executable = await webgpu({ gpu: host }).compile(graph, params)
    expect(await executable.run(inputs)).toHaveProperty('probabilities')
  })
})

describe('a device that refuses a run', () => {
  const calls = {
    createCommandEncoder: (device: GPUDevice) => vi.spyOn(device, 'createCommandEncoder').mockImplementation(refuse),
    submit: (device: GPUDevice) => vi.spyOn(device.queue, 'submit').mockImplementation(refuse),
    writeBuffer: (device: GPUDevice) => vi.spyOn(device.queue, 'writeBuffer').mockImplementation(refuse),
  }
  it.each(Object.entries(calls))('%s throws: KernelError, and the next run is answered', async (_name, spy) => {
    const device = await openDevice()
    await using executable = await webgpu({ device }).compile(graph, params)
    const expected = await executable.run(inputs)
    const refusing = spy(device)
    for (const lane of [1, 2, 3]) {
      const run = executable.run(inputs)
      await expect(run, `${lane}`).rejects.toThrow(KernelError)
      await expect(run, `${lane}`).rejects.toMatchObject({ cause: expect.any(TypeError) })
    }
    refusing.mockRestore()
    expect(await executable.run(inputs)).toEqual(expected)
    await executable[Symbol.asyncDispose]()
    device.destroy()
  })

  it.each([
    ['mapAsync rejects', 'mapAsync', reject, KernelError],
    ['mapAsync throws', 'mapAsync', refuse, KernelError],
    [
      'getMappedRange has no memory',
      'getMappedRange',
      () => {
        throw new RangeError(said)
      },
      DeviceMemoryError,
    ],
  ] as const)('%s: a typed error, and the next run on that buffer is answered', async (_name, method, fail, kind) => {
    const device = await openDevice()
    const readbacks: GPUBuffer[] = []
    const createBuffer = device.createBuffer.bind(device)
    device.createBuffer = descriptor => {
      const buffer = createBuffer(descriptor)
      if (descriptor.label?.startsWith('readback')) readbacks.push(buffer)
      return buffer
    }
    await using executable = await webgpu({ device }).compile(graph, params)
    const expected = await executable.run(inputs)
    const spies = readbacks.map(buffer => vi.spyOn(buffer, method).mockImplementation(fail as never))
    for (const _lane of readbacks) await expect(executable.run(inputs)).rejects.toThrow(kind)
    for (const spy of spies) spy.mockRestore()
    for (const _lane of readbacks) expect(await executable.run(inputs)).toEqual(expected)
    await executable[Symbol.asyncDispose]()
    device.destroy()
  })

  it('is reported as lost where it is lost', async () => {
    const device = await openDevice()
    await using executable = await webgpu({ device }).compile(graph, params)
    vi.spyOn(device.queue, 'submit').mockImplementation(() => {
      device.destroy()
      return refuse()
    })
    await expect(executable.run(inputs)).rejects.toThrow(DeviceLostError)
  })
})
