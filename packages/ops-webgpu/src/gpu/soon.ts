/** The one host facility used, where there is one. */
interface Timers {
  readonly setTimeout?: (callback: () => void, milliseconds: number) => unknown
}

/** Resolves after a moment in which the host delivers what it has to tell; at once where there are no timers. */
export function soon(milliseconds = 20): Promise<void> {
  const { setTimeout } = globalThis as unknown as Timers
  return new Promise(resolve => {
    if (setTimeout) setTimeout(resolve, milliseconds)
    else resolve()
  })
}
