import { formatShape } from '@depthwise/core/backend'
import type { Plan, Region } from './compile.ts'

/** A plan as text: steps with their kernels, then memory. */
export function describePlan({ program, arenaBytes, memoryBytes, outputs, batch, lanes }: Plan): string {
  const widest = Math.max(...program.steps.map(step => step.name.length))
  const steps = program.steps.map((step, index) => {
    const records = step.end.map((end, thread) => `${end - (step.begin[thread] as number)} B`).join(', ')
    return `${String(index).padStart(3)} ${step.name.padEnd(widest)}  ${step.kernel}  (records ${records})`
  })
  const ports = outputs.map(({ name, shape, address }) => `output ${name} ${formatShape(shape)} at ${address}`)
  const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KB`
  const memory = `arena ${kilobytes(arenaBytes)}, memory ${kilobytes(memoryBytes)}, ${program.threads} thread(s), ${lanes} image(s) at once, batch ${batch}`
  return [...steps, ...ports, memory].join('\n')
}

/** Where every step reads and writes, constants aside. */
export function describeMemory({ program, memory }: Plan): string {
  const region = ([address, bytes]: Region): string => `${address}..${address + bytes}`
  const list = (regions: readonly Region[]): string =>
    regions
      .filter(([, bytes]) => bytes > 0)
      .map(region)
      .join(', ')
  return memory
    .map(({ reads, writes }, index) => `${program.steps[index]?.name}: reads ${list(reads)}; writes ${list(writes)}`)
    .join('\n')
}
