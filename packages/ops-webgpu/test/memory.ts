import { expect } from 'vitest'

/** What the process holds once garbage is gone. */
export function settledMemory(): NodeJS.MemoryUsage {
  if (!globalThis.gc) throw new Error('run with --expose-gc, as vitest.config.ts says')
  globalThis.gc()
  return process.memoryUsage()
}

/**
 * Holds the memory after stretches of equal work to flatness. A leak grows in every stretch; the driver's pools grow in some,
 * by leaps of tens of megabytes where the machine is busy: so the stretch counts that grew least.
 */
export function expectFlat(memory: readonly NodeJS.MemoryUsage[]): void {
  const minGrowth = (of: 'heapUsed' | 'rss'): number =>
    Math.min(...memory.slice(1).map((after, i) => after[of] - (memory[i] as NodeJS.MemoryUsage)[of]))
  expect(minGrowth('heapUsed')).toBeLessThan(2 ** 16)
  expect(minGrowth('rss')).toBeLessThan(2 ** 20)
}
