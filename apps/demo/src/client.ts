import type { Answer, CallName, Calls, Progress } from './worker/protocol.ts'
import { openWorker } from './workers.ts'

/** What the worker answered when it could not do what it was asked; `name` is the class of its error. */
export class WorkerFailure extends Error {
  override readonly name: string

  constructor(name: string, message: string) {
    super(message)
    this.name = name
  }
}

interface Waiting {
  readonly resolve: (reply: unknown) => void
  readonly reject: (error: Error) => void
  readonly report: ((progress: Progress) => void) | undefined
}

const worker = openWorker('networks')
const waiting = new Map<number, Waiting>()
let last = 0

worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
  const one = waiting.get(data.id)
  if (!one) return
  if (data.kind === 'progress') {
    one.report?.(data.progress)
    return
  }
  waiting.delete(data.id)
  if (data.kind === 'reply') one.resolve(data.reply)
  else one.reject(new WorkerFailure(data.name, data.message))
})
// A worker that dies answers nobody any more.
worker.addEventListener('error', event => {
  for (const { reject } of waiting.values())
    reject(new WorkerFailure('Error', event.message || 'the worker failed to start'))
  waiting.clear()
})

/** Asks the worker. Bytes are copied, not handed over: callers keep theirs. */
export function ask<K extends CallName>(
  call: K,
  args: Calls[K]['args'],
  report?: (progress: Progress) => void,
): Promise<Calls[K]['reply']> {
  last += 1
  const id = last
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve: resolve as (reply: unknown) => void, reject, report })
    worker.postMessage({ id, call, args })
  })
}

/**
 * Runs `work` with the newest argument only: while one is under way, the others that came in between are dropped. For live
 * input, of which only the present counts.
 */
export function latest<A>(work: (argument: A) => Promise<void>): (argument: A) => void {
  let next: { readonly argument: A } | null = null
  let busy = false
  const go = async (): Promise<void> => {
    busy = true
    while (next) {
      const { argument } = next
      next = null
      await work(argument)
    }
    busy = false
  }
  return argument => {
    next = { argument }
    if (!busy) void go()
  }
}
