interface Host {
  readonly process?: { getBuiltinModule?(name: string): unknown }
  readonly Worker?: unknown
  readonly SharedArrayBuffer?: unknown
  readonly crossOriginIsolated?: boolean
  readonly document?: unknown
  readonly navigator?: { readonly userAgent?: string }
}

const host = globalThis as unknown as Host

/**
 * Why no worker can share memory with this thread; null when one can. In a worker of Firefox none is started: about once in
 * five hundred times `new Worker` does not return there (seen in 153, whatever the address), and nothing can wake that thread.
 */
export function threadingUnavailableReason(): string | null {
  if (!host.SharedArrayBuffer) {
    return host.crossOriginIsolated === false
      ? 'the page is not cross-origin isolated (COOP and COEP headers), so memory cannot be shared between threads'
      : 'this engine has no SharedArrayBuffer'
  }
  if (host.process?.getBuiltinModule) return null
  if (!host.document && host.navigator?.userAgent?.includes('Firefox/')) return 'a worker in a worker may hang Firefox'
  return host.Worker ? null : 'this host has no workers'
}

/** Whether this thread may sleep: a page's main thread may not. */
export const maySleep = (): boolean => host.document === undefined
