import type { Assignment } from './protocol.ts'

interface Port {
  postMessage(message: unknown): void
  addEventListener?(type: 'message', listener: (event: { data: unknown }) => void): void
  on?(type: 'message', listener: (data: unknown) => void): void
  close?(): void
}

/**
 * The code of a worker. It references nothing outside itself, since its text is also run from a Blob and by Node's `eval`
 * workers. It answers `ready` once it has started and `set` once it has its module; then it sleeps on the shared memory,
 * without messages, until a job ends it.
 */
export function workerMain(): void {
  const scope = globalThis as unknown as Port & {
    process?: { getBuiltinModule?(name: string): { parentPort: Port } }
    WebAssembly: {
      Instance: new (module: object, imports: object) => { exports: { execute(begin: number, end: number): void } }
    }
  }
  const port = scope.process?.getBuiltinModule?.('node:worker_threads').parentPort ?? scope
  const work = (assignment: Assignment): void => {
    const { module, memory, begin, end, finish, control } = assignment
    const words = new Int32Array((memory as { buffer: SharedArrayBuffer }).buffer)
    const { execute } = new scope.WebAssembly.Instance(module, { env: { memory } }).exports
    // Looks at the word before sleeping on it: about a hundred microseconds, within which a caller in haste is back.
    const jobSpins = 50_000
    let seen = Atomics.load(words, control.job)
    port.postMessage('set')
    for (;;) {
      for (let spins = jobSpins; spins > 0 && Atomics.load(words, control.job) === seen; spins--);
      Atomics.wait(words, control.job, seen)
      const job = Atomics.load(words, control.job)
      if (job === seen) continue
      seen = job
      const [from, to] = [Atomics.load(words, control.from), Atomics.load(words, control.to)]
      if (to < 0) break
      execute(begin[from] as number, to === end.length ? finish : (end[to - 1] as number))
    }
    // Deno's port may lack `close`. The worker is terminated as well.
    port.close?.()
  }
  if (port.on) port.on('message', data => work(data as Assignment))
  else port.addEventListener?.('message', event => work(event.data as Assignment))
  port.postMessage('ready')
}
