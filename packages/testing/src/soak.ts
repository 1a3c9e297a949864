/** Whether this is a soak: properties and fuzzing at full length. */
export const isSoak: boolean = Boolean(process.env['DEPTHWISE_SOAK'])

/** How often something runs: a small share in every test run, the full count in a soak. */
export function share(some: number, all: number): number {
  return isSoak ? all : some
}

/** How often a property runs, as fast-check takes it: a small share in every test run, the full count in a soak. */
export function runs(some: number, all: number): { readonly numRuns: number } {
  return { numRuns: share(some, all) }
}
