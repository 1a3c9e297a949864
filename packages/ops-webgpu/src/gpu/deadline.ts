/** The host's timers, where it has any. */
interface Timers {
  readonly setTimeout?: (callback: () => void, milliseconds: number) => unknown
  readonly clearTimeout?: (timer: never) => void
}

/** How long a host may take to find an adapter or to open a device. */
const timeout = 10_000

/**
 * Settles as the host's answer does, or rejects after the timeout; where the host has no timers, there is none. An answer that
 * comes too late goes to `late`, which frees what it holds.
 */
export async function withDeadline<T>(
  call: string,
  ask: () => Promise<T>,
  late: (answer: T) => void = () => {},
): Promise<T> {
  const { setTimeout, clearTimeout } = globalThis as unknown as Timers
  if (!setTimeout) return ask()
  let timer: unknown
  const expiry = new Promise<never>((_, reject) => {
    const expire = (): void => reject(new Error(`${call} did not answer within ${timeout / 1000} s`))
    timer = setTimeout(expire, timeout)
  })
  // Turns an exception of the host into a rejection.
  const answer = (async () => ask())()
  try {
    return await Promise.race([answer, expiry])
  } catch (error) {
    answer.then(late).catch(() => {})
    throw error
  } finally {
    clearTimeout?.(timer as never)
  }
}
