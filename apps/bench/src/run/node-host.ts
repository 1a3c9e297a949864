import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Conversations, Host, Remote, Reply, Request } from './protocol.ts'

const script = fileURLToPath(new URL('./node-child.ts', import.meta.url))
/** Without POSIX signals a process can't be held still, and threads that spin between turns go on spinning. */
const canPause = process.platform !== 'win32'

/** Opens a fresh Node process for each runtime. */
export function nodeHost(workspace: string): Host {
  const living = new Set<NodeRemote>()
  return {
    async open() {
      const remote = new NodeRemote(workspace, () => living.delete(remote))
      living.add(remote)
      return remote
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...living].map(remote => remote.close()))
    },
  }
}

interface Pending {
  readonly resolve: (reply: never) => void
  readonly reject: (error: Error) => void
}

class NodeRemote implements Remote {
  readonly #child: ChildProcess
  readonly #pending = new Map<number, Pending>()
  readonly #closed: () => void
  #said = ''
  #count = 0

  constructor(workspace: string, closed: () => void) {
    this.#closed = closed
    this.#child = fork(script, [workspace], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
      env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
    })
    this.#child.stderr?.on('data', (data: Buffer) => {
      this.#said = (this.#said + data.toString()).slice(-2000)
    })
    this.#child.on('message', (message: { id: number; reply?: never; failure?: string }) => {
      const pending = this.#pending.get(message.id)
      this.#pending.delete(message.id)
      if (message.failure === undefined) pending?.resolve(message.reply as never)
      else pending?.reject(new Error(message.failure))
    })
    this.#child.on('exit', (code, signal) => {
      for (const { reject } of this.#pending.values()) {
        reject(new Error(`the process ended (${signal ?? code}): ${this.#said.trim().slice(-500)}`))
      }
      this.#pending.clear()
    })
  }

  ask<K extends keyof Conversations>(request: Request<K>): Promise<Reply<K>> {
    this.#count += 1
    const id = this.#count
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      this.#child.send({ id, request }, error => {
        if (error && this.#pending.delete(id)) reject(error)
      })
    })
  }

  pause(): void {
    if (canPause) this.#child.kill('SIGSTOP')
  }

  resume(): void {
    if (canPause) this.#child.kill('SIGCONT')
  }

  async close(): Promise<void> {
    this.#closed()
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exit
  }
}
