/** The one host facility used, where there is one: browsers, workers, Node and edge runtimes all have timers. */
interface Timers {
  readonly setTimeout?: (callback: () => void, milliseconds: number) => unknown
}

/** Gives the event loop one turn, so that pages stay responsive and abort signals can fire; without timers, only pending promises. */
export function pause(): Promise<void> {
  const { setTimeout } = globalThis as unknown as Timers
  return new Promise(resolve => {
    if (setTimeout) setTimeout(resolve, 0)
    else resolve()
  })
}
