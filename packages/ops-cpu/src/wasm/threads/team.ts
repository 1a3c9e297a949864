import type { Plan } from '../compile.ts'
import { hostCall } from '../host-call.ts'
import type { Instance } from '../instantiate.ts'
import { type Assignment, control } from './protocol.ts'
import type { WorkerHandle } from './spawn.ts'

/** The threads that run a plan's records: this thread alone, or with workers beside it. */
export interface Team {
  readonly memory: ArrayBufferLike
  /** Says that a job is coming: waking takes as long as a small layer, and the caller has inputs to copy meanwhile. */
  wake(): void
  /** Runs steps `from` to `to` and returns when all of them are done. */
  execute(from: number, to: number): void
  dispose(): Promise<void>
}

type Bounds = Pick<Assignment, 'begin' | 'end' | 'finish'>

/** Addresses of every step's first record and behind its last, for one thread. */
function stepBounds({ program, recordAddresses }: Plan, thread: number): Bounds {
  const start = recordAddresses[thread] as number
  return {
    begin: program.steps.map(step => start + (step.begin[thread] as number)),
    end: program.steps.map(step => start + (step.end[thread] as number)),
    finish: start + program.bytes(thread).length,
  }
}

/** This thread alone. */
export function soloTeam(plan: Plan, { memory, execute }: Instance): Team {
  const { begin, end } = stepBounds(plan, 0)
  return {
    memory: memory.buffer,
    wake() {},
    execute(from, to) {
      if (to > from) execute(begin[from] as number, end[to - 1] as number)
    },
    dispose: async () => {},
  }
}

/**
 * This thread and workers, over one shared memory. A job is three words: no message is sent between the first assignment
 * and the end. Jobs end in a barrier, so that a job is done when this thread's part is.
 * @throws BackendUnavailableError when a worker does not answer, or cannot be sent its work
 */
export async function workerTeam(plan: Plan, instance: Instance, workers: readonly WorkerHandle[]): Promise<Team> {
  const { module, memory, execute } = instance
  const words = new Int32Array(memory.buffer)
  const give = (from: number, to: number): void => {
    Atomics.store(words, control.from, from)
    Atomics.store(words, control.to, to)
    Atomics.add(words, control.job, 1)
    Atomics.notify(words, control.job)
  }
  await hostCall('workers that take up their work', () =>
    Promise.all(
      workers.map(async (worker, index) => {
        const assignment: Assignment = { module, memory, control, ...stepBounds(plan, index + 1) }
        await worker.assign(assignment)
      }),
    ),
  )
  const own = stepBounds(plan, 0)
  const alone = soloTeam(plan, instance)
  return {
    memory: memory.buffer,
    wake: () => void Atomics.notify(words, control.job),
    execute(from, to) {
      const whole = from === 0 && to === plan.program.steps.length
      // Where every thread has an image of its own, only whole runs end in a barrier: single steps are this thread's.
      if (plan.lanes > 1 && !whole) return alone.execute(from, to)
      if (to <= from) return
      give(from, to)
      execute(own.begin[from] as number, whole ? own.finish : (own.end[to - 1] as number))
    },
    async dispose() {
      give(0, -1)
      await Promise.all(workers.map(worker => worker.release()))
    },
  }
}
