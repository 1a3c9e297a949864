import { describe, expect, it } from 'vitest'
import {
  BackendUnavailableError,
  createRegistry,
  createSession,
  DisposedError,
  GraphBuilder,
  GraphError,
  OptionError,
  UnsupportedOpError,
  WeightsError,
} from '../src/index.ts'
import { answerOf, graph, x } from './echo.ts'
import { gate, planted } from './planted-backend.ts'

const params = new Map()
const details = (found: string) => ({ where: 'here', expected: 'more', found })

describe('createSession', () => {
  it('takes the first backend that works, and tells why it passed the others over', async () => {
    const backends = [
      planted({ name: 'off', available: false, reasons: ['no SIMD', 'no threads'] }),
      planted({ name: 'silent', available: false }),
      planted({
        name: 'narrow',
        compile() {
          throw new UnsupportedOpError(details('dropout'))
        },
      }),
      { ...planted({ name: 'rude' }), probe: () => Promise.reject(new Error('what do you want')) },
      planted({ name: 'good' }),
      planted({ name: 'spare' }),
    ]
    await using session = await createSession(graph, params, { backends })
    expect(session.backend).toBe('good')
    expect(session.skipped).toEqual([
      { backend: 'off', reason: 'no SIMD; no threads' },
      { backend: 'silent', reason: 'not available' },
      { backend: 'narrow', reason: 'here: expected more, found dropout' },
      { backend: 'rude', reason: 'its probe failed: what do you want' },
    ])
    expect(backends.at(-1)).toHaveProperty('log', [])
    expect(answerOf(await session.run(x(7)))).toBe(7)
    expect(session.graph).toBe(graph)
  })

  it('gives every reason when no backend works', async () => {
    const off = planted({ name: 'off', available: false, reasons: ['no adapter'] })
    const creation = createSession(graph, params, { backends: [off] })
    await expect(creation).rejects.toThrow(BackendUnavailableError)
    await expect(creation).rejects.toThrow('found off (no adapter)')
    await expect(createSession(graph, params, { backends: [] })).rejects.toThrow('found no backend at all')
  })

  it.each<[string, unknown, string]>([
    ['no options', undefined, 'nothing'],
    ['null', null, 'nothing'],
    ['options without backends', {}, 'nothing'],
    ['a list in place of options', [planted()], 'nothing'],
    ['one backend', { backends: planted({ name: 'alone' }) }, 'the backend alone without a list around it'],
    ['a function', { backends: planted }, 'a function: call it'],
    ['a function in the list', { backends: [planted(), planted] }, 'a function: call it'],
    ['a promise', { backends: [Promise.resolve(planted())] }, 'a promise: await it'],
    ['a name', { backends: 'wasm' }, '"wasm"'],
    ['a name in the list', { backends: ['wasm'] }, '"wasm"'],
    ['an empty list', { backends: [] }, 'no backend at all'],
    ['nothing in the list', { backends: [undefined] }, 'nothing'],
    ['a list in the list', { backends: [[]] }, 'no backend at all'],
  ])('says what to write in place of %s', async (_what, options, found) => {
    const creation = createSession(graph, params, options as never)
    await expect(creation).rejects.toThrow(OptionError)
    await expect(creation).rejects.toThrow(
      `option backends: expected a list of backends such as [wasm(), reference()], found ${found}`,
    )
  })

  it('does not blame the backend for a bad network or a defect', async () => {
    const second = planted({ name: 'second' })
    const b = new GraphBuilder()
    const weighted = b.build([b.dense(b.input([1, 2], { name: 'x' }), { units: 2 })])
    await expect(createSession(weighted, params, { backends: [planted(), second] })).rejects.toThrow(WeightsError)
    await expect(createSession({ ...graph, outputs: [] }, params, { backends: [planted(), second] })).rejects.toThrow(
      GraphError,
    )
    const broken = planted({
      compile() {
        throw new TypeError('undefined is not a function')
      },
    })
    await expect(createSession(graph, params, { backends: [broken, second] })).rejects.toThrow(TypeError)
    expect(second.log).toEqual([])
  })

  it('hands its options on, and hears an abort signal', async () => {
    const seen: unknown[] = []
    const backend = planted({ compile: (_count, options) => void seen.push(options.batch, options.expose) })
    await using _session = await createSession(graph, params, { backends: [backend], batch: 3, expose: 'all' })
    expect(seen).toEqual([3, 'all'])
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(createSession(graph, params, { backends: [backend], signal })).rejects.toThrow('enough')
  })
})

describe('run', () => {
  it('answers in order, whichever is ready first', async () => {
    const door = gate()
    const backend = planted({ run: count => (count === 0 ? door.pass() : undefined) })
    await using session = await createSession(graph, params, { backends: [backend] })
    const order: number[] = []
    const runs = [1, 2].map(async value => order.push(answerOf(await session.run(x(value))) as number))
    await door.reached
    await new Promise(resolve => setTimeout(resolve, 5))
    expect(order).toEqual([])
    door.open()
    await Promise.all(runs)
    expect(order).toEqual([1, 2])
  })

  it('reads inputs before it returns', async () => {
    await using session = await createSession(graph, params, { backends: [planted()] })
    const input = x(1)
    const answer = session.run(input)
    input.x.data.fill(9)
    expect(answerOf(await answer)).toBe(1)
  })

  it('passes on what a backend throws, and goes on', async () => {
    const backend = planted({
      run(count) {
        if (count === 0) throw new GraphError(details('less'))
      },
    })
    await using session = await createSession(graph, params, { backends: [backend] })
    const [first, second] = [session.run(x(1)), session.run(x(2))]
    await expect(first).rejects.toThrow(GraphError)
    expect(answerOf(await second)).toBe(2)
  })

  it('does not start under an aborted signal', async () => {
    const backend = planted()
    await using session = await createSession(graph, params, { backends: [backend] })
    await expect(session.run(x(1), { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    expect(backend.log).toEqual(['compile'])
  })

  it('profiles', async () => {
    await using session = await createSession(graph, params, { backends: [planted()] })
    expect(await session.profile(x(1))).toEqual([{ name: 'planted', nodes: [0], kernel: 'echo', milliseconds: 1 }])
  })
})

describe('use', () => {
  it('moves to a backend of the list, of the registry, or one handed in', async () => {
    const [first, second, third, fourth] = ['first', 'second', 'third', 'fourth'].map(name => planted({ name }))
    const registry = createRegistry({ third: () => third as ReturnType<typeof planted> })
    await using session = await createSession(graph, params, { backends: [first!, second!], registry })
    for (const target of ['second', 'third', fourth!] as const) {
      await session.use(target)
      expect(session.backend).toBe(typeof target === 'string' ? target : target.name)
      expect(answerOf(await session.run(x(4)))).toBe(4)
    }
    expect([first, second, third, fourth].map(backend => backend?.alive)).toEqual([0, 0, 0, 1])
    expect(session.skipped).toEqual([])
  })

  it('does nothing when it is there already', async () => {
    const backend = planted()
    await using session = await createSession(graph, params, { backends: [backend] })
    await session.use('planted')
    expect(backend.log).toEqual(['compile'])
  })

  it('refuses unknown names, with or without a registry, and what is no backend', async () => {
    await using listed = await createSession(graph, params, { backends: [planted()] })
    await expect(listed.use('wasm')).rejects.toThrow(OptionError)
    await expect(listed.use('wasm')).rejects.toThrow('backend: expected one of planted, found "wasm"')
    await using registered = await createSession(graph, params, { backends: [planted()], registry: createRegistry() })
    await expect(registered.use('toString')).rejects.toThrow('a registry with backends in it, found "toString"')
    for (const [target, found] of [
      [planted, 'a function: call it'],
      [undefined, 'nothing'],
    ] as const) {
      const swap = listed.use(target as never)
      await expect(swap).rejects.toThrow(OptionError)
      await expect(swap).rejects.toThrow(`backend: expected a name or a backend such as wasm(), found ${found}`)
    }
  })

  it('stays where it was when the backend cannot take over', async () => {
    const off = planted({ name: 'off', available: false, reasons: ['no adapter'] })
    await using session = await createSession(graph, params, { backends: [planted(), off] })
    await expect(session.use('off')).rejects.toThrow('off (no adapter)')
    expect(session.backend).toBe('planted')
    expect(answerOf(await session.run(x(1)))).toBe(1)
  })

  it('leaves accepted runs to the old backend, which goes once they are answered, and still answers in order', async () => {
    const door = gate()
    const slow = planted({ name: 'slow', run: door.pass })
    const fast = planted({ name: 'fast' })
    await using session = await createSession(graph, params, { backends: [slow, fast] })
    const order: number[] = []
    const note = (outputs: Parameters<typeof answerOf>[0]) => order.push(answerOf(outputs) as number)
    const first = session.run(x(1)).then(note)
    await session.use('fast')
    const second = session.run(x(2)).then(note)
    await new Promise(resolve => setTimeout(resolve, 5))
    expect([fast.log.at(-1), slow.alive, order]).toEqual(['answer 2', 1, []])
    door.open()
    await Promise.all([first, second])
    expect(order).toEqual([1, 2])
    await new Promise(resolve => setTimeout(resolve, 0))
    expect([slow.alive, slow.log]).toEqual([0, ['compile', 'run 1', 'answer 1', 'dispose']])
  })

  it('ends at the target of the last call', async () => {
    const names = ['a', 'b', 'c'] as const
    const backends = names.map(name =>
      planted({ name, compile: () => new Promise(resolve => setTimeout(resolve, name === 'b' ? 20 : 1)) }),
    )
    const registry = createRegistry({
      async d() {
        await new Promise(resolve => setTimeout(resolve, 10))
        return planted({ name: 'd' })
      },
    })
    await using session = await createSession(graph, params, { backends, registry })
    await Promise.all([session.use('b'), session.use('d'), session.use('c')])
    expect(session.backend).toBe('c')
  })

  it('does not ask the signal that watched over the creation', async () => {
    const controller = new AbortController()
    const backends = [planted({ name: 'a' }), planted({ name: 'b' })]
    await using session = await createSession(graph, params, { backends, signal: controller.signal })
    controller.abort()
    await session.use('b')
    expect(session.backend).toBe('b')
  })

  it('never loses a run, however often backends change meanwhile', async () => {
    const pause = () => new Promise<void>(resolve => setTimeout(resolve, Math.random() * 2))
    const backends = ['a', 'b', 'c'].map((name, i) =>
      planted({ name, run: pause, compile: pause, losesDevice: i === 1 }),
    )
    const session = await createSession(graph, params, { backends })
    const answers: Promise<unknown>[] = []
    const swaps: Promise<void>[] = []
    const order: (number | undefined)[] = []
    for (let i = 0; i < 120; i++) {
      answers.push(session.run(x(i)).then(outputs => order.push(answerOf(outputs))))
      if (i % 7 === 0) swaps.push(session.use(backends[(i / 7) % 3] as (typeof backends)[number]))
      if (i % 5 === 0) await pause()
    }
    const settled = Promise.allSettled(swaps)
    await session.dispose()
    await Promise.all(answers)
    expect(order).toEqual(Array.from({ length: 120 }, (_, i) => i))
    expect(backends.map(backend => backend.alive)).toEqual([0, 0, 0])
    // A swap that was still waiting when the session was disposed of says so.
    for (const swap of await settled) if (swap.status === 'rejected') expect(swap.reason).toBeInstanceOf(DisposedError)
  })
})

describe('dispose', () => {
  it('waits for runs that were accepted, frees once, and refuses what comes later', async () => {
    const door = gate()
    const backend = planted({ run: door.pass })
    const session = await createSession(graph, params, { backends: [backend] })
    const answer = session.run(x(1))
    const disposal = session.dispose()
    expect(session.dispose()).toBe(disposal)
    await expect(session.run(x(2))).rejects.toThrow(DisposedError)
    await expect(session.profile(x(2))).rejects.toThrow('session: expected a session in use, found a disposed one')
    await expect(session.use('planted')).rejects.toThrow(DisposedError)
    expect(backend.alive).toBe(1)
    door.open()
    expect(answerOf(await answer)).toBe(1)
    await disposal
    expect(backend.log).toEqual(['compile', 'run 1', 'answer 1', 'dispose'])
  })

  it('frees the backend that a swap under way ends at', async () => {
    const door = gate()
    const [first, second] = [planted({ name: 'first' }), planted({ name: 'second', compile: door.pass })]
    const session = await createSession(graph, params, { backends: [first, second] })
    const swap = session.use('second')
    await door.reached
    const disposal = session.dispose()
    door.open()
    await Promise.all([swap, disposal])
    expect([first.alive, second.alive]).toEqual([0, 0])
  })

  it('tells what the backend in use throws while it is freed', async () => {
    const backend = planted({ dispose: () => Promise.reject(new Error('stuck')) })
    const session = await createSession(graph, params, { backends: [backend] })
    await expect(session.dispose()).rejects.toThrow('stuck')
  })

  it('works by `await using`', async () => {
    const backend = planted()
    {
      await using session = await createSession(graph, params, { backends: [backend] })
      await session.run(x(1))
    }
    expect(backend.alive).toBe(0)
  })
})
