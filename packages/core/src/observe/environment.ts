/** The few host facilities core uses, all optional: it runs in browsers, Node, workers and bare engines alike. */
interface Host {
  readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> }
  readonly performance?: {
    now(): number
    measure?(name: string, options: { start: number; end: number; detail?: unknown }): unknown
  }
  readonly console?: { error(...values: readonly unknown[]): void }
  DEPTHWISE_DEBUG?: number | string
}

export const host: Host = globalThis as unknown as Host

/** Milliseconds on the host's monotonic clock. */
export function now(): number {
  return host.performance?.now() ?? Date.now()
}

/**
 * The least milliseconds by which that clock was seen to move on, 0 where it stands still. Browsers coarsen theirs: to 5
 * microseconds in Chromium on pages that are cross-origin isolated, to 100 on others, elsewhere to a millisecond. A shorter
 * time then reads as nothing or as a whole step, and only the mean of many tells it.
 */
export function clockStep(): number {
  let min = Number.POSITIVE_INFINITY
  let before = now()
  // A step of a millisecond takes some ten thousand looks at the clock.
  for (let look = 0, moves = 0; look < 1e6 && moves < 3; look++) {
    const step = now() - before
    if (step > 0) {
      min = Math.min(min, step)
      before += step
      moves += 1
    }
  }
  return min < 1e6 ? min : 0
}
