import { DisposedError } from '../errors.ts'
import type { Signal } from './backend.ts'
import type { RunInputs } from './run-inputs.ts'

/** One of a few things that runs use in turn, such as a buffer to read back into. */
interface Lane<T> {
  readonly item: T
  /** Settles, without rejecting, when its last user is done. */
  idle: Promise<unknown>
}

/** Result of promises that are kept: with values, each would keep the one before it alive. */
const nothing = (): void => {}

/**
 * The runs of an executable, by rules 3 and 5 of `Backend`: they begin in the order of the calls, at most as many at once as
 * there are lanes, and are answered in that order; once disposed of, no more are accepted, and what is held is freed behind
 * the last one. Whoever calls has read the inputs, or copied them (`copyInputs`, `RunInputs`).
 */
export class OrderedRuns<T = undefined> {
  readonly #name: string
  readonly #free: () => void | Promise<void>
  readonly #lanes: readonly Lane<T>[]
  #arrivals = 0
  /** Calls that have not been answered, those aside that ended within their call. */
  #pending = 0
  /** Settle when the latest call has begun and when it is answered; neither rejects. */
  #begun: Promise<unknown> = Promise.resolve()
  #answered: Promise<unknown> = Promise.resolve()
  #disposal: Promise<void> | null = null

  /**
   * @param name - of the backend, for errors
   * @param free - called once, when all accepted runs are answered
   * @param lanes - default one, which holds nothing
   */
  constructor(name: string, free: () => void | Promise<void>, lanes: readonly T[] = [undefined as T]) {
    this.#name = name
    this.#free = free
    this.#lanes = lanes.map(item => ({ item, idle: Promise.resolve() }))
  }

  /**
   * What `run` and `profile` begin with.
   * @throws DisposedError after disposal; the signal's reason, if it is aborted
   */
  assertOpen(signal?: Signal): void {
    if (this.#disposal) {
      throw new DisposedError({ where: `${this.#name} executable`, expected: 'one in use', found: 'a disposed one' })
    }
    signal?.throwIfAborted()
  }

  /** `work` begins, up to its first await, after the work of every earlier call has begun and its lane is free. */
  run<R>(work: (item: T) => Promise<R>): Promise<R> {
    return this.runWhen(Promise.resolve(), work)
  }

  /** Like `run`, once what the work needs is `ready`; if that rejects, the answer does. */
  runWhen<N, R>(ready: Promise<N>, work: (item: T, needed: N) => Promise<R>): Promise<R> {
    const lane = this.#nextLane()
    const settled = Promise.allSettled([ready])
    const turn = Promise.all([settled, lane.idle, this.#begun])
    const done = turn.then(([[outcome]]) => {
      if (outcome.status === 'rejected') throw outcome.reason
      return work(lane.item, outcome.value)
    })
    this.#begun = turn.then(nothing)
    return this.#answer(lane, done)
  }

  /**
   * Like `run`, for work that computes on this thread: it begins within the call, with the caller's own memory as inputs,
   * unless another call is pending.
   * @param work - yields by `inputs.pause` alone
   */
  runAtOnce<R>(inputs: RunInputs, work: (item: T) => Promise<R>): Promise<R> {
    if (this.#pending > 0) {
      inputs.copy()
      return this.run(work)
    }
    const lane = this.#nextLane()
    const done = work(lane.item)
    // Work that has not paused by now has ended, although its promise settles a microtask later: nothing is pending.
    return inputs.paused ? this.#answer(lane, done) : done
  }

  /** Accepts no more runs, and frees once all are answered. Calling it again does nothing more. */
  dispose(): Promise<void> {
    this.#disposal ??= this.#answered.then(this.#free)
    return this.#disposal
  }

  #nextLane(): Lane<T> {
    const lane = this.#lanes[this.#arrivals % this.#lanes.length] as Lane<T>
    this.#arrivals += 1
    return lane
  }

  #answer<R>(lane: Lane<T>, done: Promise<R>): Promise<R> {
    const end = (): void => {
      this.#pending -= 1
    }
    this.#pending += 1
    lane.idle = done.then(nothing, nothing)
    const earlier = this.#answered
    const answer = earlier.then(() => done)
    this.#answered = answer.then(end, end)
    return answer
  }
}
