import type { Plan } from '../compile.ts'
import { hostCall } from '../host-call.ts'
import type { Instance } from '../instantiate.ts'
import { type Assignment, control } from './protocol.ts'
import { spawnWorker, type WorkerHandle } from './spawn.ts'
import { soloTeam, stepBounds, type Team } from './team.ts'

// Threads beside this one: loaded when some are asked for.

/** Starts `count` workers, or as many as the host allows, and says why there are fewer. */
export async function spawnWorkers(
  count: number,
  workerUrl: string | undefined,
): Promise<{ readonly workers: readonly WorkerHandle[]; readonly failure: string | null }> {
  const attempts = await Promise.allSettled(Array.from({ length: count }, () => spawnWorker(workerUrl)))
  const workers = attempts.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = attempts.find(result => result.status === 'rejected')
  return { workers, failure: failed ? `a worker could not be started: ${(failed.reason as Error).message}` : null }
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
