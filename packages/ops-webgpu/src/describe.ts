import { formatShape } from '@depthwise/core/backend'
import { planBuffers } from './plan/buffers.ts'
import { bytesWithoutReuse, type Schedule } from './plan/schedule.ts'

/** The launches in order, as the debug ladder prints them: node, kernel, workgroups. */
export function describePlan({ steps }: Schedule): string {
  const rows = steps.flatMap(({ node, dispatches }) =>
    dispatches.map(({ kernel }) => `  ${node.name}  ${formatShape(node.shape)}  ${kernel.name}  x${kernel.workgroups}`),
  )
  return [`webgpu: ${rows.length} dispatches for ${steps.length} nodes`, ...rows].join('\n')
}

/** The arena's buffers, and what they would be without reuse. */
export function describeMemory(schedule: Schedule, maxBufferSize: number): string {
  const { buffers } = planBuffers(schedule, maxBufferSize)
  const total = buffers.reduce((sum, size) => sum + size, 0)
  return `webgpu: arena of ${total} bytes in ${buffers.length} buffers (${buffers.join(', ')}), ${bytesWithoutReuse(schedule)} without reuse`
}
