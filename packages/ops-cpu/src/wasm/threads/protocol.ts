/** Words at the start of the shared memory by which the threads of a team agree, as indices of 32-bit integers. */
export const control = {
  /** Counts the jobs given; workers sleep until it changes. */
  job: 0,
  /** The job: steps from one to another; `to` = -1 sends workers home. */
  from: 1,
  to: 2,
  /** The barrier's own words, a cache line away. */
  arrived: 16,
  round: 32,
} as const

/** What a worker is told once, before its first job. */
export interface Assignment {
  readonly module: object
  readonly memory: object
  /** For every step, addresses of the worker's first record and behind its last. */
  readonly begin: readonly number[]
  readonly end: readonly number[]
  /** Behind its very last record. */
  readonly finish: number
  readonly control: typeof control
}
