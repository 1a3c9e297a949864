/** One of a few things that callers take in turn, such as a buffer to read back into. */
interface Lane<T> {
  readonly item: T
  /** Settles, without rejecting, when its last user is done. */
  idle: Promise<unknown>
}

/** What promises that are kept resolve to: values would be held, and each would hold the one before it. */
const nothing = (): void => {}

/** Lets work in one after another, at most as many at once as there are lanes, and answers in the order of arrival. */
export class Turnstile<T> {
  readonly #lanes: readonly Lane<T>[]
  #arrivals = 0
  /** When the latest arrival has begun, and when it is answered; neither rejects. */
  #begun: Promise<unknown> = Promise.resolve()
  #answered: Promise<unknown> = Promise.resolve()

  constructor(items: readonly T[]) {
    this.#lanes = items.map(item => ({ item, idle: Promise.resolve() }))
  }

  /**
   * `work` begins, up to its first await, after the work of every earlier caller has begun, and once what it needs is
   * `ready`; if that rejects, the answer does.
   */
  pass<N, R>(ready: Promise<N>, work: (item: T, needed: N) => Promise<R>): Promise<R> {
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

  /** Resolves once everybody who has come so far is answered. */
  async idle(): Promise<void> {
    await this.#answered
  }
}
