import { host, now } from './environment.ts'

/** A finished span, as listeners get it. */
export interface Span {
  readonly name: string
  /** Milliseconds on the host's monotonic clock. */
  readonly start: number
  readonly end: number
  readonly detail?: unknown
}

const listeners = new Set<(span: Span) => void>()

/**
 * Hears of every span until the returned function is called. Spans also go to `performance.measure`, where profilers of
 * browsers and Node show them, but only while somebody listens: an idle tracer costs one comparison. What a listener throws
 * fails the work it listens to.
 */
export function onSpan(listener: (span: Span) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Runs `work` as a named span, also when it throws or its promise rejects. */
export function traced<T>(name: string, work: () => T, detail?: unknown): T {
  if (listeners.size === 0) return work()
  const start = now()
  const finish = (): void => {
    const span: Span = { name, start, end: now(), detail }
    host.performance?.measure?.(`depthwise:${name}`, { start, end: span.end, detail })
    for (const listener of listeners) listener(span)
  }
  let pending = false
  try {
    const result = work()
    if (result instanceof Promise) {
      pending = true
      return result.finally(finish) as T
    }
    return result
  } finally {
    if (!pending) finish()
  }
}
