import { DisposedError } from '@depthwise/core'
import type { ImageSource } from '../image/source.ts'
import { received, type SentError } from './errors.ts'
import type { Job, JobPool, JobResults, PoolSetup } from './pool.ts'

/** What a worker is sent: first the network to open, then jobs. Each message is answered under its number. */
export type PoolMessage =
  | { readonly id: number; readonly setup: PoolSetup }
  | { readonly id: number; readonly job: Job }
export type PoolAnswer =
  | { readonly id: number; readonly result: JobResults[Job['kind']] | null }
  | { readonly id: number; readonly error: SentError }

/** A worker of the host. */
export interface PoolWorker {
  send(message: PoolMessage): void
  /** @param failed is called with what ends the worker before its time */
  listen(answered: (answer: PoolAnswer) => void, failed: (error: Error) => void): void
  end(): Promise<unknown>
}

interface Waiting {
  readonly resolve: (result: never) => void
  readonly reject: (error: Error) => void
}

/**
 * Workers that have each opened the network.
 * @param start starts one worker
 * @param prepare turns an image into one that can be sent
 * @throws what kept a worker from starting; no worker is left behind then
 */
export async function startWorkers(
  start: () => PoolWorker,
  jobs: number,
  setup: PoolSetup,
  prepare: (image: ImageSource) => ImageSource | Promise<ImageSource>,
): Promise<JobPool> {
  const members: Member[] = []
  const end = (): Promise<unknown> => Promise.all(members.map(member => member.end()))
  try {
    // Weights are shared, where the host can, and not copied for each worker.
    const shared = { ...setup, model: withSharedWeights(setup.model) }
    for (let i = 0; i < jobs; i += 1) members.push(new Member(start()))
    await Promise.all(members.map(member => member.ask(id => ({ id, setup: shared }))))
  } catch (error) {
    await end()
    throw error
  }
  let closed = false
  return {
    async run(job) {
      if (closed) throw new DisposedError({ where: 'job', expected: 'an open pool', found: 'a closed one' })
      const leastLoaded = members.reduce((a, b) => (b.load < a.load ? b : a))
      return leastLoaded.ask(async id => ({ id, job: { ...job, image: await prepare(job.image) } })) as never
    },
    async close() {
      closed = true
      await end()
    },
  }
}

/** A worker and what it has been asked. */
class Member {
  readonly #worker: PoolWorker
  readonly #waiting = new Map<number, Waiting>()
  #next = 0
  /** What ended the worker. */
  #failure: Error | null = null

  constructor(worker: PoolWorker) {
    this.#worker = worker
    worker.listen(
      answer => {
        const asked = this.#waiting.get(answer.id)
        this.#waiting.delete(answer.id)
        if ('error' in answer) asked?.reject(received(answer.error))
        else asked?.resolve(answer.result as never)
      },
      error => this.#fail(error),
    )
  }

  /** Messages without an answer; infinitely many once it has ended. */
  get load(): number {
    return this.#failure ? Infinity : this.#waiting.size
  }

  /** The answer to a message, composed under the number that it gets. */
  ask(compose: (id: number) => PoolMessage | Promise<PoolMessage>): Promise<unknown> {
    if (this.#failure) return Promise.reject(this.#failure)
    const id = this.#next
    this.#next += 1
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      const send = async (): Promise<void> => this.#worker.send(await compose(id))
      send().catch((error: unknown) => {
        this.#waiting.delete(id)
        reject(error)
      })
    })
  }

  async end(): Promise<void> {
    await this.#worker.end()
    this.#fail(new Error('the worker has ended'))
  }

  #fail(error: Error): void {
    this.#failure ??= error
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}

/** The model with its weights in memory that workers share; where the host has none, as it is. */
function withSharedWeights(model: PoolSetup['model']): PoolSetup['model'] {
  if (typeof SharedArrayBuffer === 'undefined') return model
  const params = new Map(
    [...model.params].map(([name, tensor]) => {
      const { data } = tensor
      const shared = new (data.constructor as Float32ArrayConstructor)(new SharedArrayBuffer(data.byteLength))
      shared.set(data as Float32Array)
      return [name, { ...tensor, data: shared }]
    }),
  )
  return { ...model, params: params as PoolSetup['model']['params'] }
}
