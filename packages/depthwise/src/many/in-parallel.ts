/** How many pieces of work run at once, and in which order their results come. */
export interface ParallelOptions {
  /** Most pieces that are under way or waiting for an earlier one; this bounds the memory. */
  readonly width: number
  /** Results in the order of the items; otherwise as they are ready. */
  readonly ordered: boolean
}

/**
 * Works on items as the results are consumed: an item is taken from the source only when there is room for it, so that neither a
 * long source nor a slow consumer piles anything up. Leaving the loop early closes the source.
 * @param work must not reject; a failure is a result of its own
 */
export async function* inParallel<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  { width, ordered }: ParallelOptions,
  work: (item: T, index: number) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const source = iteratorOf(items)
  const running = new Map<number, Promise<readonly [index: number, result: R]>>()
  let index = 0
  let exhausted = false
  try {
    for (;;) {
      while (!exhausted && running.size < width) {
        const { done, value } = await source.next()
        if (done) exhausted = true
        else {
          const current = index
          running.set(
            current,
            work(value, current).then(result => [current, result] as const),
          )
          index += 1
        }
      }
      const [oldest] = running.values()
      if (!oldest) return
      const [finished, result] = await (ordered ? oldest : Promise.race(running.values()))
      running.delete(finished)
      yield result
    }
  } finally {
    if (!exhausted) await source.return?.()
  }
}

function iteratorOf<T>(items: Iterable<T> | AsyncIterable<T>): Iterator<T> | AsyncIterator<T> {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
}
