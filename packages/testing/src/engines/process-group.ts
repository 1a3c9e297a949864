import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'

/** A program and all that it starts in turn. */
export interface Group {
  readonly child: ChildProcess
  /** Resolves once its first process is gone; whatever else it has started is killed then. */
  stop(): Promise<void>
}

/** Starts a program at the head of a process group of its own, which does not outlive this process. */
export function spawnGroup(program: string, args: readonly string[], options: SpawnOptions): Group {
  const child = spawn(program, args, { ...options, detached: true })
  const kill = (signal: 'SIGTERM' | 'SIGKILL'): void => {
    try {
      if (child.pid) process.kill(-child.pid, signal)
    } catch {
      // Nobody is left.
    }
  }
  const killAll = (): void => kill('SIGKILL')
  process.once('exit', killAll)
  const gone = once(child, 'exit')
  // A program that cannot be started has an error, not an exit.
  gone.catch(() => {})
  return {
    child,
    async stop() {
      const patience = setTimeout(killAll, 5000)
      kill('SIGTERM')
      await gone.catch(() => {})
      clearTimeout(patience)
      killAll()
      process.off('exit', killAll)
    },
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
