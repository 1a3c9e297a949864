import { BackendUnavailableError, createSession, GraphBuilder, tensor } from '@depthwise/core'
import { peak, reference, type WasmOptions, wasm } from '@depthwise/ops-cpu'
import { afterEach, describe, expect, it, vi } from 'vitest'

const b = new GraphBuilder()
const graph = b.build([b.relu(b.input([1, 2, 2, 3], { name: 'x' }), { name: 'y' })])
const params = new Map()
const x = tensor([1, 2, 2, 3], [-1, 2, -3, 4, -5, 6, -7, 8, -9, 10, -11, 12])
const answer = [0, 2, 0, 4, 0, 6, 0, 8, 0, 10, 0, 12]

/** The part of the host's WebAssembly that is stubbed. */
interface WasmNamespace {
  readonly validate: unknown
  readonly Memory: new (limits: { readonly shared?: boolean }) => object
  compile(bytes: Uint8Array): Promise<object>
  instantiate(...given: unknown[]): Promise<object>
}
const real = (globalThis as unknown as { readonly WebAssembly: WasmNamespace }).WebAssembly
const stubbed = (changes: Partial<WasmNamespace>): void => {
  const { validate, Memory, compile, instantiate } = real
  vi.stubGlobal('WebAssembly', { validate, Memory, compile, instantiate, ...changes })
}

const refusal = new Error('refused by policy')
function refuse(): never {
  throw refusal
}
const isLarge = (bytes: Uint8Array): boolean => bytes.length > 8
const NoMemory = class {
  constructor() {
    refuse()
  }
} as WasmNamespace['Memory']

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe('a host that refuses WebAssembly', () => {
  const calls: Readonly<Record<string, { stub: Partial<WasmNamespace>; probeTells: boolean }>> = {
    'compile, by a rejection': { stub: { compile: async () => refuse() }, probeTells: true },
    'compile, by an exception': { stub: { compile: refuse }, probeTells: true },
    'compile, of all but the empty module': {
      stub: { compile: async bytes => (isLarge(bytes) ? refuse() : real.compile(bytes)) },
      probeTells: false,
    },
    'instantiate, by a rejection': { stub: { instantiate: async () => refuse() }, probeTells: true },
    'instantiate, by an exception': { stub: { instantiate: refuse }, probeTells: true },
    Memory: { stub: { Memory: NoMemory }, probeTells: false },
  }

  it.each(Object.entries(calls))('%s: the session goes on, with the reason', async (_call, { stub, probeTells }) => {
    stubbed(stub)
    const { available, reasons } = await wasm().probe()
    expect(available).toBe(!probeTells)
    if (probeTells)
      expect(reasons.join()).toMatch(/(compiles|instantiates) WebAssembly.*refused by policy.*wasm-unsafe-eval/)

    const failed = await wasm()
      .compile(graph, params)
      .catch(error => error)
    expect(failed).toBeInstanceOf(BackendUnavailableError)
    expect(failed.cause).toBe(refusal)

    await using session = await createSession(graph, params, { backends: [wasm(), reference()] })
    expect(session.backend).toBe('reference')
    expect(session.skipped).toEqual([{ backend: 'wasm', reason: expect.stringContaining('refused by policy') }])
    expect([...((await session.run({ x }))['y']?.data ?? [])]).toEqual(answer)
  })

  it('peak says so, too', async () => {
    stubbed({ compile: async () => refuse() })
    await expect(peak()).rejects.toBeInstanceOf(BackendUnavailableError)
  })

  it('is asked by probe once', async () => {
    const compile = vi.fn(real.compile)
    stubbed({ compile })
    for (let i = 0; i < 3; i++) await wasm().probe()
    expect(compile).toHaveBeenCalledTimes(1)
  })

  it('is not what an aborted compilation is: it rejects with the reason of the signal', async () => {
    const controller = new AbortController()
    const late = wasm().compile(graph, params, { signal: controller.signal })
    const reason = new Error('changed my mind')
    controller.abort(reason)
    await expect(late).rejects.toBe(reason)
  })
})

/** A browser's worker. */
abstract class StubWorker {
  static readonly all: StubWorker[] = []
  terminated = false
  onmessage: ((event: object) => void) | null = null
  onerror: ((event: object) => void) | null = null

  constructor() {
    StubWorker.all.push(this)
  }

  postMessage(_message: unknown): void {}
  terminate(): void {
    this.terminated = true
  }
}
class Silent extends StubWorker {}
class Ready extends StubWorker {
  constructor() {
    super()
    queueMicrotask(() => this.onmessage?.({ data: 'ready' }))
  }
}
class Closed extends Ready {
  override postMessage(): void {
    refuse()
  }
}
class Failing extends StubWorker {
  constructor() {
    super()
    queueMicrotask(() => this.onerror?.({ message: 'syntax error' }))
  }
}
class Refused {
  constructor() {
    refuse()
  }
}

describe('a host that refuses threads: one thread answers, and probe says why', () => {
  /** A page, whose deadlines are over a thousand times sooner. */
  function page(Worker: unknown, url: Partial<typeof URL> = {}): void {
    const { setTimeout } = globalThis
    StubWorker.all.length = 0
    // Node's own workers would be taken before those of the page.
    vi.spyOn(process, 'getBuiltinModule').mockImplementation((() => undefined) as typeof process.getBuiltinModule)
    vi.stubGlobal('Worker', Worker)
    const objects = { createObjectURL: () => 'blob:1', revokeObjectURL() {}, ...url }
    vi.stubGlobal('URL', Object.assign(class extends URL {}, objects))
    vi.stubGlobal('setTimeout', (callback: () => void, delay: number) => setTimeout(callback, delay / 1000))
  }
  class OwnMemory extends real.Memory {
    constructor(limits: { readonly shared?: boolean }) {
      if (limits.shared) refuse()
      super(limits)
    }
  }

  const hosts: Readonly<Record<string, { host: () => void; reason: RegExp; options?: WasmOptions }>> = {
    'Worker throws': { host: () => page(Refused), reason: /refused by policy \(worker-src/ },
    'Worker throws, with a workerUrl': {
      host: () => page(Refused),
      reason: /refused by policy/,
      options: { workerUrl: '/worker.js' },
    },
    'createObjectURL throws': { host: () => page(Ready, { createObjectURL: refuse }), reason: /refused by policy/ },
    'a worker fails': { host: () => page(Failing), reason: /syntax error/ },
    'a worker never answers': { host: () => page(Silent), reason: /no answer within 10 s/ },
    'a worker never takes up its work': {
      host: () => page(Ready),
      reason: /take up their work.*no answer within 10 s/,
    },
    'a worker cannot be sent its work': { host: () => page(Closed), reason: /take up their work.*refused by policy/ },
    'memory cannot be shared': {
      host: () => stubbed({ Memory: OwnMemory }),
      reason: /pages of shared memory.*refused by policy/,
    },
  }

  it.each(Object.entries(hosts))('%s', async (_name, { host, reason, options }) => {
    host()
    const backend = wasm({ threads: 3, ...options })
    await using executable = await backend.compile(graph, params)
    expect([...((await executable.run({ x }))['y']?.data ?? [])]).toEqual(answer)
    const { available, features, reasons } = await backend.probe()
    expect(available).toBe(true)
    expect(features).not.toContain('threads: 3')
    expect(reasons.at(-1)).toMatch(/^fewer threads than 3: /)
    expect(reasons.at(-1)).toMatch(reason)
    expect(StubWorker.all.filter(({ terminated }) => !terminated)).toEqual([])
  })
})
