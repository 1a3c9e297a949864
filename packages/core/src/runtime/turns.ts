import { now } from '../observe/environment.ts'

type Schedule = (task: () => void) => void

/** What hosts offer to start a task of the event loop. */
export interface TaskHost {
  readonly setImmediate?: (task: () => void) => unknown
  readonly process?: { readonly getBuiltinModule?: (name: string) => TaskHost | undefined }
  readonly MessageChannel?: new () => { readonly port1: Port; readonly port2: Port }
  readonly setTimeout?: (task: () => void, milliseconds: number) => unknown
}

interface Port {
  onmessage: (() => void) | null
  postMessage(message: unknown): void
  close(): void
}

/**
 * The fastest way to start a task: in browsers a message, since nested timeouts take at least 4 ms there. Bare engines have no
 * tasks, so that only pending promises run.
 */
export function scheduler(host: TaskHost): Schedule {
  // Test runners remove or replace the global.
  const immediate = host.process?.getBuiltinModule?.('node:timers')?.setImmediate ?? host.setImmediate
  if (immediate) return task => void immediate(task)
  const { MessageChannel, setTimeout } = host
  if (MessageChannel) {
    return task => {
      const { port1, port2 } = new MessageChannel()
      // An open port keeps some hosts from exiting.
      port1.onmessage = () => {
        port1.close()
        task()
      }
      port2.postMessage(null)
    }
  }
  if (setTimeout) return task => void setTimeout(task, 0)
  return task => void Promise.resolve().then(task)
}

/** Milliseconds of computing after which the event loop gets a turn: half a frame. */
export const stretch = 8

/**
 * Rule 4 of `Backend` for work on the calling thread: keeps work that awaits only microtasks from starving timers, input
 * events and abort signals. A task that is scheduled when work begins shows whether the event loop has turned since: while it
 * has not run, neither has any later one. Runs in different tasks therefore never wait.
 */
export class Turns {
  readonly #schedule: Schedule
  /** When work began after the last known turn of the event loop; null if none has begun since. */
  #since: number | null = null

  constructor(schedule: Schedule) {
    this.#schedule = schedule
  }

  /** To be called before each piece of work. Returns whether the event loop has waited for too long. */
  overdue(): boolean {
    if (this.#since !== null) return now() - this.#since > stretch
    this.#since = now()
    try {
      this.#schedule(() => {
        this.#since = null
      })
    } catch {
      // Some edge runtimes allow no tasks outside of requests.
      this.#since = null
    }
    return false
  }

  /** Resolves in a new task, after those that were waiting; at once where the host refuses one. */
  async next(): Promise<void> {
    await new Promise<void>(this.#schedule).catch(() => {})
    this.#since = null
  }
}

/**
 * Of this realm: the work of all backends together gets one stretch between two turns of the event loop. The host's functions
 * are read when the module loads, since tests may replace timers by ones that never fire.
 */
export const turns: Turns = /* @__PURE__ */ new Turns(/* @__PURE__ */ scheduler(globalThis as unknown as TaskHost))
