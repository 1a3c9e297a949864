import type { Conversations, Host, Remote, Reply, Request } from '@depthwise/bench/protocol'
import type { BenchMessage, RuntimeMessage } from './protocol.ts'
import type { Supplies } from './runtime-worker.ts'

type Message = { readonly id: number; readonly reply: unknown } | { readonly id: number; readonly failure: string }

const tell = (message: BenchMessage): void => postMessage(message)
const opening = new Map<number, (port: MessagePort) => void>()
const remotes = new Map<number, PortRemote>()
let last = 0

/** What the page says of the runtimes that it was asked for. */
export function hear(message: RuntimeMessage): void {
  if (message.kind === 'opened') opening.get(message.id)?.(message.port)
  else remotes.get(message.id)?.end(message.message)
}

/** Has the page open a fresh worker for each runtime, as the bench opens processes and browsers. */
export class WorkerHost implements Host {
  readonly #supplies: Supplies

  constructor(supplies: Supplies) {
    this.#supplies = supplies
  }

  async open(): Promise<Remote> {
    last += 1
    const id = last
    const port = await new Promise<MessagePort>(resolve => {
      opening.set(id, resolve)
      tell({ kind: 'open', id })
    })
    opening.delete(id)
    port.postMessage(this.#supplies)
    const remote = new PortRemote(port, () => {
      remotes.delete(id)
      tell({ kind: 'close', id })
    })
    remotes.set(id, remote)
    return remote
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

class PortRemote implements Remote {
  readonly #port: MessagePort
  readonly #onClose: () => void
  readonly #waiting = new Map<number, { resolve: (reply: never) => void; reject: (error: Error) => void }>()
  #last = 0
  /** Why it answers no more. */
  #ended: string | null = null

  constructor(port: MessagePort, onClose: () => void) {
    this.#port = port
    this.#onClose = onClose
    port.onmessage = ({ data }: MessageEvent<Message>) => {
      const one = this.#waiting.get(data.id)
      this.#waiting.delete(data.id)
      if ('failure' in data) one?.reject(new Error(data.failure))
      else one?.resolve(data.reply as never)
    }
  }

  ask<K extends keyof Conversations>(request: Request<K>): Promise<Reply<K>> {
    if (this.#ended !== null) return Promise.reject(new Error(this.#ended))
    this.#last += 1
    const id = this.#last
    return new Promise<Reply<K>>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#port.postMessage({ id, request })
    })
  }

  // A page cannot hold a worker still; one without work is still by itself.
  pause(): void {}
  resume(): void {}

  async close(): Promise<void> {
    this.end('closed')
    this.#onClose()
  }

  end(reason: string): void {
    this.#ended = reason
    this.#port.close()
    for (const { reject } of this.#waiting.values()) reject(new Error(reason))
    this.#waiting.clear()
  }
}
