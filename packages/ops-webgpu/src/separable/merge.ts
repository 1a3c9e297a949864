import { exclusiveValues, type Graph, type Node, type NodeId } from '@depthwise/core'
import type { Group } from '../plan/groups.ts'
import { isPointwise } from '../plan/rules.ts'

/**
 * Merges every depthwise group with the pointwise one that reads it, where nobody else does. Channels must be whole vectors:
 * kernels then need no care for what lies behind the last one, and all widths of MobileNets are.
 */
export function merge(groups: readonly Group[], graph: Graph): readonly Group[] {
  const exclusive = exclusiveValues(graph)
  const firsts = new Map<NodeId, Group>()
  for (const group of groups) {
    if (group.epilogue.length === 0 && isFirst(group.head) && exclusive.has(group.head.id))
      firsts.set(group.head.id, group)
  }
  const taken = new Set<Group>()
  const merged = groups.map(group => {
    const first = isSecond(group.head) ? firsts.get(group.head.inputs[0] as NodeId) : undefined
    if (!first) return group
    taken.add(first)
    return { ...group, first, origins: [...first.origins, ...group.origins] }
  })
  return merged.filter(group => !taken.has(group))
}

function isFirst({ op, shape }: Node): boolean {
  return op.kind === 'depthwiseConv2d' && op.multiplier === 1 && !op.residual && (shape.at(-1) as number) % 4 === 0
}

function isSecond({ op }: Node): boolean {
  return op.kind === 'conv2d' && op.groups === 1 && isPointwise(op)
}
