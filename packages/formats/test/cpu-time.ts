/** Milliseconds of processor time that some work takes on this thread: what a bound should hold on a busy machine too. */
export function cpuMilliseconds(work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}
