interface ReportedEvent {
  readonly message?: string
  readonly reason?: unknown
  readonly effectiveDirective?: string
  readonly blockedURI?: string
}

interface Source {
  addEventListener(type: string, listener: (event: ReportedEvent) => void): void
  readonly console: Record<'error' | 'warn', (...values: unknown[]) => void>
}

/** Collects what a place says of errors from now on. Engines write some to their console alone: drivers hear those. */
export function collectErrors(): readonly string[] {
  const scope = globalThis as unknown as Source
  const errors: string[] = []
  scope.addEventListener('error', event => errors.push(`error: ${event.message}`))
  scope.addEventListener('unhandledrejection', event => errors.push(`unhandled rejection: ${event.reason}`))
  scope.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
    errors.push(`content security policy: ${effectiveDirective} has blocked ${blockedURI}`)
  })
  for (const level of ['error', 'warn'] as const) {
    scope.console[level] = (...values) => errors.push(`console.${level}: ${values.join(' ')}`)
  }
  return errors
}
