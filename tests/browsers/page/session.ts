// A page or worker that opens a session, and reports where it ended up and whether timers fire while it runs.
import { createSession, GraphBuilder, type Signal, type Skip } from '@depthwise/core'
import { now } from '@depthwise/core/backend'
import { reference, wasm } from '@depthwise/ops-cpu'

/** What became of a session. */
export interface SessionReport {
  readonly backend: string
  readonly skipped: readonly Skip[]
  readonly values: readonly number[]
  readonly available: boolean
  readonly reasons: readonly string[]
  /** Whether a timer fired while runs were awaited one after another. */
  readonly fired: boolean
  /** The reason that ended the runs whose signal a timer aborted. */
  readonly aborted: string
}

interface Scope {
  readonly document?: unknown
  readonly location: { readonly search: string }
  readonly Worker: new (url: string, options: { type: 'module' }) => Listening
  fetch(url: string, options: { method: string; body: string }): Promise<unknown>
  postMessage(message: unknown): void
  setTimeout(task: () => void, milliseconds: number): unknown
  readonly AbortController: new () => { readonly signal: Signal; abort(reason: unknown): void }
}
interface Listening {
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onerror: ((event: { readonly message?: string }) => void) | null
}
const scope = globalThis as unknown as Scope

async function report(): Promise<SessionReport> {
  const b = new GraphBuilder()
  const graph = b.build([b.softmax(b.globalAveragePool(b.input([64, 32, 32, 3], { name: 'x' })), { name: 'y' })])
  const { available, reasons } = await wasm().probe()
  const session = await createSession(graph, new Map(), { backends: [wasm({ threads: 2 }), reference()] })
  const x = Float32Array.from({ length: 64 * 32 * 32 * 3 }, (_, i) => (i % 7) / 7)
  const { y } = await session.run({ x })
  let fired = false
  scope.setTimeout(() => {
    fired = true
  }, 1)
  for (const end = now() + 2000; !fired && now() < end; ) await session.run({ x })
  const controller = new scope.AbortController()
  scope.setTimeout(() => controller.abort(new Error('enough')), 1)
  let aborted = 'never'
  try {
    for (const end = now() + 2000; now() < end; ) await session.run({ x }, { signal: controller.signal })
  } catch (error) {
    aborted = (error as Error).message
  }
  const { backend, skipped } = session
  await session.dispose()
  return { backend, skipped, values: [...(y?.data ?? [])].slice(0, 3), available, reasons, fired, aborted }
}

function inWorker(): Promise<unknown> {
  const worker = new scope.Worker('session.js', { type: 'module' })
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data)
    worker.onerror = ({ message }) => reject(new Error(`the worker failed: ${message}`))
  })
}

const found = await (scope.document && scope.location.search.includes('worker') ? inWorker() : report()).catch(String)
if (scope.document) await scope.fetch('report', { method: 'POST', body: JSON.stringify(found) })
else scope.postMessage(found)
