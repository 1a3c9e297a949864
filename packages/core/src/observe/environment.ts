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
