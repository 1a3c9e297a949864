/** The host's timers, where it has any. */
interface Timers {
  readonly setTimeout?: (callback: () => void, milliseconds: number) => unknown
}

/** Resolves after a moment in which the host can deliver pending events; at once where there are no timers. */
export function delay(milliseconds = 20): Promise<void> {
  const { setTimeout } = globalThis as unknown as Timers
  return new Promise(resolve => {
    if (setTimeout) setTimeout(resolve, milliseconds)
    else resolve()
  })
}
