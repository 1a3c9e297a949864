import type { Answer, CallName, Calls, Image, Opened, Reply, Request } from './messages.ts'

/** What went wrong in the worker; `name` is the class of its error, such as `BackendUnavailableError`. */
export class WorkerFailure extends Error {
  constructor({ name, message }: { name: string; message: string }) {
    super(message)
    this.name = name
  }
}

interface Waiting {
  resolve(reply: unknown): void
  reject(error: unknown): void
}

/** A classifier in a worker of its own. */
export class RemoteClassifier {
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  readonly #waiting = new Map<number, Waiting>()
  #closed = false
  #last = 0

  constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
      const waiting = this.#waiting.get(data.id)
      this.#waiting.delete(data.id)
      if ('failure' in data) waiting?.reject(new WorkerFailure(data.failure))
      else waiting?.resolve(data.reply)
    })
    // A worker whose script does not load, or that dies, answers nobody any more.
    this.#worker.addEventListener('error', ({ message }) =>
      this.#end({ name: 'Error', message: message || 'the worker could not be started' }),
    )
  }

  /** Loads the network; call it first. Tells what each backend says of itself here. */
  open(): Promise<Opened> {
    return this.#ask('open', null)
  }

  /** Moves to another backend. Where that one cannot run, it stays as it is and the promise is rejected. */
  async use(backend: string): Promise<void> {
    await this.#ask('use', { backend })
  }

  /** The most probable classes, best first. The bytes of the image move to the worker: the caller no longer has them. */
  classify(image: Image, { top = 3, signal }: { top?: number; signal?: AbortSignal } = {}): Promise<Answer> {
    const { width, height, data } = image
    return this.#ask('classify', { image: { width, height, data }, top }, { transfer: [data.buffer], signal })
  }

  /** Lets the network go, and then the worker. What is still waiting is rejected. */
  async close(): Promise<void> {
    if (this.#closed) return
    await this.#ask('close', null).finally(() => this.#end({ name: 'DisposedError', message: 'it was closed' }))
  }

  #end(failure: { name: string; message: string }): void {
    this.#closed = true
    this.#worker.terminate()
    for (const { reject } of this.#waiting.values()) reject(new WorkerFailure(failure))
    this.#waiting.clear()
  }

  async #ask<K extends CallName>(
    call: K,
    args: Calls[K]['args'],
    { transfer = [], signal }: { transfer?: Transferable[]; signal?: AbortSignal | undefined } = {},
  ): Promise<Calls[K]['reply']> {
    signal?.throwIfAborted()
    if (this.#closed) throw new WorkerFailure({ name: 'DisposedError', message: 'the classifier is closed' })
    this.#last += 1
    const id = this.#last
    const send = (request: Request, transfer: Transferable[] = []): void => this.#worker.postMessage(request, transfer)
    const cancel = (): void => {
      this.#waiting.get(id)?.reject(signal?.reason)
      this.#waiting.delete(id)
      send({ id, call: 'cancel' })
    }
    signal?.addEventListener('abort', cancel)
    try {
      return await new Promise<Calls[K]['reply']>((resolve, reject) => {
        this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
        send({ id, call, args } as Request, transfer)
      })
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }
}
