import { afterEach, describe, expect, it, vi } from 'vitest'
import { debug, debugLevel, now, traced } from '../src/backend.ts'
import { createSession, onSpan, type Span } from '../src/index.ts'
import { graph } from './echo.ts'
import { planted } from './planted-backend.ts'

const host = globalThis as { DEPTHWISE_DEBUG?: unknown }

afterEach(() => {
  delete host.DEPTHWISE_DEBUG
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

describe('the debug ladder', () => {
  it.each<[unknown, number]>([
    ['3', 3],
    [2, 2],
    ['9', 4],
    ['2.9', 2],
    ['-1', 0],
    ['', 0],
    ['loud', 0],
    [undefined, 0],
  ])('set to %o stands at %d', (value, level) => {
    host.DEPTHWISE_DEBUG = value
    expect(debugLevel()).toBe(level)
  })

  it('is read from the environment, which a page overrides', () => {
    vi.stubEnv('DEPTHWISE_DEBUG', '3')
    expect(debugLevel()).toBe(3)
    host.DEPTHWISE_DEBUG = 1
    expect(debugLevel()).toBe(1)
  })

  it('stands at 0 where the environment may not be read', () => {
    vi.spyOn(process, 'env', 'get').mockImplementation(() => {
      throw new Error('permission denied')
    })
    expect(debugLevel()).toBe(0)
  })

  it('writes at its level and below, and makes the text only then', () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const text = vi.fn(() => 'plan')
    host.DEPTHWISE_DEBUG = 2
    debug(3, text)
    expect(text).not.toHaveBeenCalled()
    debug(2, text)
    expect(error.mock.calls).toEqual([['plan']])
  })

  it('tells of backends that a session skips, and of swaps', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    host.DEPTHWISE_DEBUG = 1
    const off = planted({ name: 'off', available: false, reasons: ['no SIMD'] })
    const stuck = planted({ name: 'stuck', dispose: () => Promise.reject(new Error('no')) })
    await using session = await createSession(graph, new Map(), { backends: [off, stuck] })
    await session.use(planted({ name: 'other' }))
    await new Promise(resolve => setTimeout(resolve, 0))
    expect(error.mock.calls.flat()).toEqual([
      'session: off skipped: no SIMD',
      'session: stuck -> other',
      'session: stuck did not let go of its memory: Error: no',
    ])
  })
})

describe('tracing', () => {
  /** The spans that `work` makes, as a listener hears them. */
  async function heard(work: () => unknown): Promise<readonly Span[]> {
    const spans: Span[] = []
    const stop = onSpan(span => void spans.push(span))
    try {
      await work()
    } catch {
      // What fails is a span as well.
    } finally {
      stop()
    }
    return spans
  }

  it('hears of work that returns, throws, resolves and rejects', async () => {
    const fail = (): never => {
      throw new Error('no')
    }
    const works: readonly (() => unknown)[] = [() => 7, fail, async () => 7, async () => fail()]
    for (const work of works) {
      const [span, ...rest] = await heard(() => traced('step', work, { kind: 'conv2d' }))
      expect(rest).toEqual([])
      expect(span).toMatchObject({ name: 'step', detail: { kind: 'conv2d' } })
      expect(span?.end).toBeGreaterThanOrEqual(span?.start as number)
    }
  })

  it('covers the whole of asynchronous work, and passes results on', async () => {
    let result: unknown
    const [span] = await heard(async () => {
      result = await traced('wait', () => new Promise(resolve => setTimeout(resolve, 20, 'done')))
    })
    expect(result).toBe('done')
    expect((span?.end as number) - (span?.start as number)).toBeGreaterThanOrEqual(15)
    expect(traced('idle', () => 7)).toBe(7)
  })

  it('nests', async () => {
    const spans = await heard(() => traced('outer', () => traced('inner', () => now())))
    expect(spans.map(span => span.name)).toEqual(['inner', 'outer'])
  })

  it('goes to performance.measure, while somebody listens only', async () => {
    const measure = vi.spyOn(performance, 'measure')
    traced('unheard', () => 1)
    expect(measure).not.toHaveBeenCalled()
    await heard(() => traced('step', () => 1, { kind: 'relu' }))
    expect(measure.mock.calls[0]).toMatchObject(['depthwise:step', { detail: { kind: 'relu' } }])
  })

  it('hears of compilation', async () => {
    const spans = await heard(async () => {
      await using _session = await createSession(graph, new Map(), { backends: [planted({ name: 'echo' })] })
    })
    expect(spans.map(span => span.name)).toEqual(['compile echo'])
  })
})
