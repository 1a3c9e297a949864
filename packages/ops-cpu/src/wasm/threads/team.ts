import type { Plan } from '../compile.ts'
import type { Instance } from '../instantiate.ts'
import type { Assignment } from './protocol.ts'

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
export function stepBounds({ program, recordAddresses }: Plan, thread: number): Bounds {
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
