import { workerMain } from './worker-main.ts'

/** A worker of Node or of a browser, ready for its assignment. */
export interface WorkerHandle {
  /** Resolves once the worker has answered. */
  assign(message: unknown): Promise<void>
  /** Resolves once it has ended. */
  release(): Promise<void>
}

interface NodeWorker {
  on(event: 'message' | 'error' | 'exit', listener: (value: unknown) => void): void
  postMessage(message: unknown): void
  terminate(): Promise<number>
  unref(): void
}
interface WebWorker {
  onmessage: ((event: { data: unknown }) => void) | null
  onerror: ((event: { message?: string; preventDefault?(): void }) => void) | null
  postMessage(message: unknown): void
  terminate(): void
}
interface Host {
  readonly process?: {
    getBuiltinModule?(
      name: string,
    ): { Worker: new (source: string, options: { eval: boolean }) => NodeWorker } | undefined
  }
  readonly Worker?: new (url: string, options?: { type?: 'module' }) => WebWorker
  readonly Blob?: new (parts: readonly string[], options: { type: string }) => object
  readonly URL?: { createObjectURL(blob: object): string; revokeObjectURL(url: string): void }
  readonly setTimeout?: (callback: () => void, milliseconds: number) => unknown
  readonly clearTimeout?: (timer: unknown) => void
}

const host = globalThis as unknown as Host

/**
 * Starts one worker and waits until it is ready.
 * @throws Error saying why it could not be started: a content security policy, a wrong `workerUrl`, no answer in time
 */
export async function spawnWorker(workerUrl: string | undefined): Promise<WorkerHandle> {
  const node = host.process?.getBuiltinModule?.('node:worker_threads')
  return node ? spawnNode(new node.Worker(`(${workerMain})()`, { eval: true })) : spawnWeb(workerUrl)
}

async function spawnNode(worker: NodeWorker): Promise<WorkerHandle> {
  const answers = new Answers()
  const ended = new Promise<void>(resolve =>
    worker.on('exit', () => {
      answers.fail('the worker has ended')
      resolve()
    }),
  )
  worker.on('message', () => answers.arrive())
  worker.on('error', error => answers.fail(String(error)))
  await answers.next().catch(async error => {
    await worker.terminate()
    throw error
  })
  return {
    async assign(message) {
      worker.postMessage(message)
      await answers.next()
      // A sleeping worker must not keep a program alive that has nothing else to do.
      worker.unref()
    },
    async release() {
      await worker.terminate()
      await ended
    },
  }
}

/**
 * Keeps workers reachable: while an answer is awaited, only promises and listeners that reference each other reference the
 * worker, and an engine may collect an idle one as garbage.
 */
const liveWorkers = new Set<WebWorker>()

async function spawnWeb(workerUrl: string | undefined): Promise<WorkerHandle> {
  if (!host.Worker || !host.Blob || !host.URL) throw new Error('this host has no workers')
  const url = workerUrl ?? host.URL.createObjectURL(new host.Blob([`(${workerMain})()`], { type: 'text/javascript' }))
  try {
    const worker = startWeb(host.Worker, url, workerUrl === undefined ? {} : { type: 'module' })
    const answers = new Answers()
    liveWorkers.add(worker)
    worker.onmessage = () => answers.arrive()
    worker.onerror = event => {
      event.preventDefault?.()
      answers.fail(event.message || `the worker could not be loaded (${likelyCause})`)
    }
    await answers.next().catch(error => {
      liveWorkers.delete(worker)
      worker.terminate()
      throw error
    })
    return {
      assign(message) {
        worker.postMessage(message)
        return answers.next()
      },
      async release() {
        liveWorkers.delete(worker)
        worker.terminate()
      },
    }
  } finally {
    if (workerUrl === undefined) host.URL.revokeObjectURL(url)
  }
}

const likelyCause = 'worker-src of the content security policy?'

/** Some engines throw at once, without the cause: "The operation is insecure." */
function startWeb(Worker: NonNullable<Host['Worker']>, url: string, options: { type?: 'module' }): WebWorker {
  try {
    return new Worker(url, options)
  } catch (cause) {
    throw new Error(`${(cause as Error).message} (${likelyCause})`, { cause })
  }
}

/** Milliseconds that a worker may take to answer: far more than a slow phone needs to load one. */
const answerTimeout = 10_000

/** A worker's answers, each awaited by one `next`. */
class Answers {
  #settle: ((error: Error | null) => void) | null = null
  #failure: Error | null = null

  /** @throws Error when the worker has failed, or has not answered in time */
  next(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = host.setTimeout?.(() => this.fail(`no answer within ${answerTimeout / 1000} s`), answerTimeout)
      this.#settle = error => {
        host.clearTimeout?.(timer)
        if (error) reject(error)
        else resolve()
      }
      if (this.#failure) this.#settle(this.#failure)
    })
  }

  arrive(): void {
    this.#settle?.(null)
  }

  fail(reason: string): void {
    this.#failure = new Error(reason)
    this.#settle?.(this.#failure)
  }
}
