import type { Conversations, Host, Remote, Reply, Request } from '@depthwise/bench/protocol'
import type { Supplies } from './runtime-worker.ts'

type Message = { readonly id: number; readonly reply: unknown } | { readonly id: number; readonly failure: string }

/** Opens a fresh worker for each runtime, as the bench opens processes and browsers. */
export class WorkerHost implements Host {
  readonly #supplies: Supplies

  constructor(supplies: Supplies) {
    this.#supplies = supplies
  }

  async open(): Promise<Remote> {
    const worker = new Worker(new URL('./runtime-worker.ts', import.meta.url), { type: 'module' })
    worker.postMessage(this.#supplies)
    return new WorkerRemote(worker)
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

class WorkerRemote implements Remote {
  readonly #worker: Worker
  readonly #waiting = new Map<number, { resolve: (reply: never) => void; reject: (error: Error) => void }>()
  #last = 0

  constructor(worker: Worker) {
    this.#worker = worker
    worker.addEventListener('message', ({ data }: MessageEvent<Message>) => {
      const one = this.#waiting.get(data.id)
      this.#waiting.delete(data.id)
      if ('failure' in data) one?.reject(new Error(data.failure))
      else one?.resolve(data.reply as never)
    })
    worker.addEventListener('error', event => this.#end(event.message || 'the worker did not start'))
  }

  ask<K extends keyof Conversations>(request: Request<K>): Promise<Reply<K>> {
    this.#last += 1
    const id = this.#last
    return new Promise<Reply<K>>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#worker.postMessage({ id, request })
    })
  }

  // A page cannot hold a worker still; one without work is still by itself.
  pause(): void {}
  resume(): void {}

  async close(): Promise<void> {
    this.#worker.terminate()
    this.#end('closed')
  }

  #end(reason: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(reason))
    this.#waiting.clear()
  }
}
