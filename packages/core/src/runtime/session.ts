import { DeviceLostError, DisposedError, OptionError } from '../errors.ts'
import type { Graph, Params } from '../graph/graph.ts'
import { debug } from '../observe/debug.ts'
import type { Tail } from '../tail/tail.ts'
import { copyData, dtypeOf, type Tensor, type TypedArray } from '../tensor.ts'
import type { Backend, CompileOptions, Inputs, LayerTiming, Outputs, RunOptions } from './backend.ts'
import { checkBackends } from './check-backends.ts'
import type { Registry } from './registry.ts'
import { isSurmountable, noneLeft, type Skip, selectBackend } from './select.ts'
import type { SelfCheck, SelfCheckOptions } from './self-check.ts'
import type { Slot } from './slot.ts'

/** Where a session may run, and what every compilation of it is told. */
export interface SessionOptions extends CompileOptions {
  /** In order of preference; the first that works is used. */
  readonly backends: readonly Backend[]
  /** Where `use(name)` looks for backends that are not in the list. */
  readonly registry?: Registry
  /**
   * What a file computes behind its network (`Model.tail`): `run` then gives its outputs in the place of the graph's, beside the values
   * that `expose` names; with `'all'` also what the tail computes in between. In a batch it is computed for each item by itself.
   */
  readonly tail?: Tail
}

/**
 * A graph with its weights, ready to run on one of several backends.
 *
 * ```ts
 * await using session = await createSession(graph, params, { backends: [wasm(), reference()] })
 * const { logits } = await session.run({ image: pixels })
 * ```
 */
export interface Session extends AsyncDisposable {
  readonly graph: Graph
  /** Name of the backend in use. */
  readonly backend: string
  /** Backends passed over so far, oldest first, and why. */
  readonly skipped: readonly Skip[]
  /**
   * Answers in order, also across a change of backends. When the device is lost the session rebuilds, here or on the next
   * backend, and answers all the same.
   * @throws ShapeError or GraphError for inputs that do not fit, DisposedError after disposal
   */
  run(inputs: Inputs, options?: RunOptions): Promise<Outputs>
  /** Runs once on the backend in use, and tells where the time went. */
  profile(inputs: Inputs): Promise<readonly LayerTiming[]>
  /**
   * Moves to another backend; runs already accepted are answered by the old one. Moving to the one in use does nothing.
   * @throws OptionError for an unknown name and for what is no backend; when the backend cannot take over, BackendUnavailableError with its reason, and
   * the session stays as it was
   */
  use(backend: string | Backend): Promise<void>
  /**
   * Asks the backend in use for a known answer, a matter of milliseconds: drivers and engines with broken arithmetic exist. One
   * that gives another answer, or none, is left for the next of the list that passes, and `skipped` tells why. Runs go on
   * meanwhile.
   * @throws BackendUnavailableError with every reason, when none passes; the session stays as it was
   */
  selfCheck(options?: SelfCheckOptions): Promise<SelfCheck>
  /** Frees everything once pending runs are answered. Calling it again does nothing. */
  dispose(): Promise<void>
}

/**
 * Compiles on the first backend of the list that can.
 * @throws OptionError when `backends` is not a list of backends; GraphError, ShapeError or WeightsError for a bad network or tail;
 * BackendUnavailableError, with every reason, when no backend can run it
 */
export async function createSession(graph: Graph, params: Params, options: SessionOptions): Promise<Session> {
  checkBackends(options?.backends)
  const finish = options.tail ? await finisherOf(options.tail, graph, options) : null
  const { slot, skipped } = await selectBackend(options.backends, graph, params, options)
  return new LiveSession(graph, params, options, slot, skipped, finish)
}

/** What becomes of the outputs of a graph. */
type Finish = (outputs: Outputs) => Outputs

/** How a tail is computed is loaded for sessions that have one. */
async function finisherOf(tail: Tail, graph: Graph, { batch, expose = 'outputs' }: SessionOptions): Promise<Finish> {
  const { prepareTail } = await import('../tail/run.ts')
  const run = prepareTail(tail, graph, batch)
  if (expose === 'all') return outputs => ({ ...outputs, ...run(outputs, true) })
  const ids: ReadonlySet<unknown> = new Set(expose === 'outputs' ? [] : expose)
  const names = graph.nodes.filter(({ id }) => ids.has(id)).map(({ name }) => name)
  return outputs => ({ ...Object.fromEntries(names.map(name => [name, outputs[name] as Tensor])), ...run(outputs) })
}

class LiveSession implements Session {
  readonly graph: Graph
  readonly #params: Params
  /** Without the signal, which is for the first compilation: long after it was heeded, backends may still change. */
  readonly #options: SessionOptions
  readonly #skipped: Skip[]
  readonly #finish: Finish | null
  readonly #retirements = new Set<Promise<void>>()
  /** Backends that failed a self-check: nothing but `use` moves to them. */
  readonly #distrusted = new Set<Backend>()
  /** Settles, without ever rejecting, when the youngest accepted run is answered: what disposal waits for. */
  #answered: Promise<void> = Promise.resolve()
  #slot: Slot
  /** Swaps, recoveries and disposal happen one after another. */
  #changes: Promise<unknown> = Promise.resolve()
  #disposal: Promise<void> | null = null

  constructor(
    graph: Graph,
    params: Params,
    options: SessionOptions,
    slot: Slot,
    skipped: readonly Skip[],
    finish: Finish | null,
  ) {
    this.graph = graph
    this.#finish = finish
    this.#params = params
    const { signal: _, ...lasting } = options
    this.#options = lasting
    this.#slot = slot
    this.#skipped = [...skipped]
  }

  get backend(): string {
    return this.#slot.backend.name
  }

  get skipped(): readonly Skip[] {
    return this.#skipped
  }

  async run(inputs: Inputs, options?: RunOptions): Promise<Outputs> {
    this.#assertAlive()
    options?.signal?.throwIfAborted()
    const outputs = this.#accept(inputs, (slot, kept) => slot.run(kept, options))
    return this.#finish ? this.#finish(await outputs) : outputs
  }

  async profile(inputs: Inputs): Promise<readonly LayerTiming[]> {
    this.#assertAlive()
    return this.#accept(inputs, (slot, kept) => slot.profile(kept))
  }

  async use(target: string | Backend): Promise<void> {
    this.#assertAlive()
    if (typeof target !== 'string') checkBackends([target], 'backend', 'a name or a backend such as wasm()')
    await this.#change(async () => {
      this.#assertAlive()
      const backend = typeof target === 'string' ? await this.#named(target) : target
      if (backend === this.#slot.backend) return
      const { slot } = await selectBackend([backend], this.graph, this.#params, this.#options)
      this.#replace(slot)
    })
  }

  async selfCheck(options?: SelfCheckOptions): Promise<SelfCheck> {
    this.#assertAlive()
    return this.#change(async () => {
      this.#assertAlive()
      // Few sessions are asked, so that the known answer is loaded for those.
      const { checkBackend } = await import('./self-check.ts')
      const current = this.#slot.backend
      const failed: Skip[] = []
      for (const backend of [current, ...this.#options.backends.filter(other => other !== current)]) {
        try {
          await checkBackend(backend, options)
          this.#distrusted.delete(backend)
          if (backend !== current) {
            const { slot } = await selectBackend([backend], this.graph, this.#params, this.#options)
            this.#skipped.push(...failed)
            this.#replace(slot)
          }
          return { backend: backend.name, failed }
        } catch (error) {
          if (!isSurmountable(error)) throw error
          debug(1, () => `session: ${backend.name} failed its self-check: ${error.message}`)
          failed.push({ backend: backend.name, reason: error.message })
          this.#distrusted.add(backend)
        }
      }
      throw noneLeft('a backend that passes its self-check', failed)
    })
  }

  dispose(): Promise<void> {
    this.#disposal ??= this.#answered.then(() =>
      this.#change(async () => {
        await Promise.all([...this.#retirements, this.#slot.retire()])
      }),
    )
    return this.#disposal
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose()
  }

  #assertAlive(): void {
    if (this.#disposal)
      throw new DisposedError({ where: 'session', expected: 'a session in use', found: 'a disposed one' })
  }

  /** Starts work on the slot in use, within this very call, and answers behind everything that was accepted before. */
  #accept<T>(inputs: Inputs, work: (slot: Slot, inputs: Inputs) => Promise<T>): Promise<T> {
    const run = this.#slot.backend.losesDevice ? this.#answer(copyOf(inputs), work) : work(this.#slot, inputs)
    const earlier = this.#answered
    const answer = settled(run)
      .then(() => earlier)
      .then(() => run)
    this.#answered = settled(answer)
    return answer
  }

  /** Works on a device that may be lost: rebuilds and repeats until it is answered or no backend is left. */
  async #answer<T>(inputs: Inputs, work: (slot: Slot, inputs: Inputs) => Promise<T>, losses = 0): Promise<T> {
    const slot = this.#slot
    try {
      return await work(slot, inputs)
    } catch (error) {
      if (!(error instanceof DeviceLostError) || losses > this.#options.backends.length) throw error
      await this.#recover(slot, error, losses === 0)
      return this.#answer(inputs, work, losses + 1)
    }
  }

  #change<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#changes.then(work)
    this.#changes = result.catch(() => {})
    return result
  }

  /**
   * Rebuilds on the backend whose device was lost, else on the others; once, however many runs found out. A request that
   * loses a second device does not give that backend a third chance.
   */
  #recover(lost: Slot, error: DeviceLostError, again: boolean): Promise<void> {
    return this.#change(async () => {
      if (this.#slot !== lost) return
      this.#skipped.push({ backend: lost.backend.name, reason: error.message })
      const others = this.#options.backends.filter(each => each !== lost.backend && !this.#distrusted.has(each))
      const candidates = again ? [lost.backend, ...others] : others
      if (candidates.length === 0) throw error
      const { slot, skipped } = await selectBackend(candidates, this.graph, this.#params, this.#options)
      this.#skipped.push(...skipped)
      this.#replace(slot)
    })
  }

  #replace(slot: Slot): void {
    debug(1, () => `session: ${this.#slot.backend.name} -> ${slot.backend.name}`)
    const { name } = this.#slot.backend
    const retirement = this.#slot
      .retire()
      .catch(error => debug(1, () => `session: ${name} did not let go of its memory: ${error}`))
      .finally(() => this.#retirements.delete(retirement))
    this.#retirements.add(retirement)
    this.#slot = slot
  }

  async #named(name: string): Promise<Backend> {
    const listed = this.#options.backends.find(backend => backend.name === name)
    if (listed) return listed
    if (this.#options.registry) return this.#options.registry.create(name)
    const names = this.#options.backends.map(backend => backend.name).join(', ')
    throw new OptionError({ where: 'backend', expected: `one of ${names}`, found: `"${name}"` })
  }
}

/** When a promise is settled, without what it settled to: a session keeps nobody's outputs. */
function settled(promise: Promise<unknown>): Promise<void> {
  const forget = (): void => {}
  return promise.then(forget, forget)
}

/**
 * Inputs as they are now, in the session's own memory: callers may reuse their buffers while a run is repeated. Other
 * values pass through; the backend validates them.
 */
function copyOf(inputs: Inputs): Inputs {
  const copy = (value: unknown): unknown => {
    if (dtypeOf(value)) return copyData(value as TypedArray)
    const data = (value as Partial<Tensor> | null | undefined)?.data
    return dtypeOf(data) ? { ...(value as Tensor), data: copyData(data as TypedArray) } : value
  }
  return Object.fromEntries(Object.entries(inputs ?? {}).map(([name, value]) => [name, copy(value)])) as Inputs
}
