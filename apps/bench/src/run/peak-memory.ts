import { readFileSync } from 'node:fs'

/**
 * Peak resident memory of a process in MB, or null where the system does not tell. Linux keeps it in `VmHWM`;
 * `getrusage`'s figure, which other systems have to do with, starts there at what the parent held when it forked.
 */
export function peakMemory(pid: number | 'self'): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]
    if (kilobytes) return Number(kilobytes) / 1024
  } catch {
    // No /proc: not Linux.
  }
  return pid === 'self' ? process.resourceUsage().maxRSS / 1024 : null
}
