/** One of a few resources that callers use in turn, such as a buffer to read back into. */
interface Lane<T> {
  readonly item: T
  /** Settles, without rejecting, when its last user is done. */
  idle: Promise<unknown>
}

/** Result of promises that are kept: with values, each would keep the one before it alive. */
const nothing = (): void => {}

/** Starts work in the order of the calls, at most as many pieces at once as there are lanes, and answers in that order. */
export class OrderedQueue<T> {
  readonly #lanes: readonly Lane<T>[]
  #arrivals = 0
  /** Settle when the latest call has begun and when it is answered; neither rejects. */
  #begun: Promise<unknown> = Promise.resolve()
  #answered: Promise<unknown> = Promise.resolve()

  constructor(items: readonly T[]) {
    this.#lanes = items.map(item => ({ item, idle: Promise.resolve() }))
  }

  /**
   * `work` begins, up to its first await, after the work of every earlier caller has begun, and once what it needs is
   * `ready`; if that rejects, the answer does.
   */
  run<N, R>(ready: Promise<N>, work: (item: T, needed: N) => Promise<R>): Promise<R> {
    const lane = this.#lanes[this.#arrivals % this.#lanes.length] as Lane<T>
    this.#arrivals += 1
    const settled = Promise.allSettled([ready])
    const turn = Promise.all([settled, lane.idle, this.#begun])
    const done = turn.then(([[outcome]]) => {
      if (outcome.status === 'rejected') throw outcome.reason
      return work(lane.item, outcome.value)
    })
    this.#begun = turn.then(nothing)
    lane.idle = done.then(nothing, nothing)
    const earlier = this.#answered
    const answer = earlier.then(() => done)
    this.#answered = answer.then(nothing, nothing)
    return answer
  }

  /** Resolves once all calls so far are answered. */
  async idle(): Promise<void> {
    await this.#answered
  }
}
