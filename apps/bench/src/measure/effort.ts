/** How much is run for one row. */
export interface Effort {
  /** Times that every runtime of a group is opened anew, side by side; each also gives a cold start. */
  readonly sessions: number
  readonly warmMilliseconds: number
  readonly warmRuns: number
  /** How often each runtime gets its turn within a session. */
  readonly turns: number
  /** Timed runs fill about this much of a turn, between one and `turnRuns` of them. */
  readonly turnMilliseconds: number
  readonly turnRuns: number
  /** Whose throughput is measured: every runtime's, or ours alone. */
  readonly throughput: 'all' | 'ours'
  /** Runtimes slower than this get one run a turn and two turns a session: software adapters take seconds. */
  readonly slowMilliseconds: number
}

export const efforts = {
  full: {
    sessions: 3,
    warmMilliseconds: 400,
    warmRuns: 10,
    turns: 8,
    turnMilliseconds: 90,
    turnRuns: 10,
    throughput: 'all',
    slowMilliseconds: 400,
  },
  quick: {
    sessions: 1,
    warmMilliseconds: 150,
    warmRuns: 5,
    turns: 5,
    turnMilliseconds: 80,
    turnRuns: 5,
    throughput: 'ours',
    slowMilliseconds: 400,
  },
} as const satisfies Readonly<Record<string, Effort>>

/** Timed runs of one turn for a runtime whose last warm run took so long. */
export function runsOfTurn({ turnMilliseconds, turnRuns }: Effort, lastMs: number): number {
  return Math.max(1, Math.min(turnRuns, Math.floor(turnMilliseconds / Math.max(lastMs, 1e-3))))
}

/** Turns of a session for such a runtime. */
export function turnsOf({ turns, slowMilliseconds }: Effort, lastMs: number): number {
  return lastMs > slowMilliseconds ? Math.min(2, turns) : turns
}
