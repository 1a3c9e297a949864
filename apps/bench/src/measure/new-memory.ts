const megabytes = 16
const pageBytes = 4096
const tries = 3

/**
 * Milliseconds a megabyte that this process waits for memory it has not touched before, a page at a time, at best: what no
 * runtime that copies its weights starts without. Under 0.3 on most machines, several on virtual ones.
 */
export function newMemoryMs(): number {
  return Math.min(...Array.from({ length: tries }, touch)) / megabytes
}

function touch(): number {
  const start = performance.now()
  const memory = new Uint8Array(megabytes << 20)
  for (let at = 0; at < memory.length; at += pageBytes) memory[at] = 1
  return performance.now() - start
}
