import { now } from '@depthwise/core'

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
 * The fastest way to a task: in browsers a message, since nested timeouts take 4 ms there. Bare engines have no tasks: there
 * only pending promises get their turn.
 */
export function scheduler(host: TaskHost): Schedule {
  // Test runners take the global away or make it a fake one.
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
 * Keeps work that resolves in microtasks only from starving timers, input events and the sources of abort signals. Whether
 * the event loop has turned is known from a task that is scheduled when work begins: as long as it has not come, no other
 * has. Runs in different tasks therefore never wait.
 */
export class Turns {
  readonly #schedule: Schedule
  /** When work began after the last turn that is known of; null where no work has begun since. */
  #since: number | null = null

  constructor(schedule: Schedule) {
    this.#schedule = schedule
  }

  /** Work begins, or goes on; returns whether the event loop has waited for too long. */
  overdue(): boolean {
    if (this.#since !== null) return now() - this.#since > stretch
    this.#since = now()
    try {
      this.#schedule(() => {
        this.#since = null
      })
    } catch {
      // Some edge runtimes have no tasks outside of requests.
      this.#since = null
    }
    return false
  }

  /** Resolves in a task of its own, after those that were waiting. */
  async next(): Promise<void> {
    await new Promise<void>(this.#schedule)
    this.#since = null
  }
}

// The host's functions are taken when the module loads: tests may replace timers by ones that never fire.
export const turns: Turns = new Turns(scheduler(globalThis as unknown as TaskHost))
