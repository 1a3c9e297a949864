const megabytes = 16
const pageBytes = 4096

/**
 * Milliseconds a megabyte that this process waits for memory it has not touched before, a page at a time: what no runtime
 * that copies its weights starts without. Under 0.3 on most machines, several on virtual ones.
 */
export function newMemoryMs(): number {
  const start = performance.now()
  const memory = new Uint8Array(megabytes << 20)
  for (let at = 0; at < memory.length; at += pageBytes) memory[at] = 1
  return (performance.now() - start) / megabytes
}
