import { openWorker } from '../workers.ts'
import type { BenchMessage, BenchRequest, PageReport, RuntimeMessage } from './protocol.ts'

export interface BenchListener {
  onStep(step: { readonly done: number; readonly total: number; readonly label: string }): void
  onReport(report: PageReport): void
  /** Nothing comes after it. `failure`: in words, where the bench did not come to its end. */
  onEnd(failure: string | null): void
}

/**
 * Runs the bench in a worker, and the runtimes that it asks for in workers beside it.
 * @returns what stops it at once
 */
export function startBench(request: BenchRequest, { onStep, onReport, onEnd }: BenchListener): () => void {
  const bench = openWorker('bench')
  const runtimes = new Map<number, Worker>()
  const stop = (): void => {
    for (const worker of [bench, ...runtimes.values()]) worker.terminate()
    runtimes.clear()
  }
  const end = (failure: string | null): void => {
    stop()
    onEnd(failure)
  }
  const tell = (message: RuntimeMessage, ...ports: MessagePort[]): void => bench.postMessage(message, ports)
  const open = (id: number): void => {
    const runtime = openWorker('runtime')
    runtimes.set(id, runtime)
    runtime.addEventListener('error', event => {
      tell({ kind: 'failed', id, message: event.message || 'the worker did not start' })
    })
    const { port1, port2 } = new MessageChannel()
    runtime.postMessage({ port: port1 }, [port1])
    tell({ kind: 'opened', id, port: port2 }, port2)
  }
  bench.addEventListener('message', ({ data }: MessageEvent<BenchMessage>) => {
    switch (data.kind) {
      case 'open':
        open(data.id)
        break
      case 'close':
        runtimes.get(data.id)?.terminate()
        runtimes.delete(data.id)
        break
      case 'step':
        onStep(data)
        break
      case 'report':
        onReport(data.report)
        if (data.final) end(null)
        break
      case 'failure':
        end(data.message)
    }
  })
  bench.addEventListener('error', event => end(event.message || 'the bench did not start'))
  bench.postMessage(request)
  return stop
}
