import type { Graph, NodeId } from '@depthwise/core'
import { exclusiveNodes, separableAt } from '@depthwise/core/backend'
import type { Group } from '../plan/groups.ts'

/**
 * Merges every depthwise group with the pointwise one that reads it, where nobody else does. Channels must be whole vectors:
 * kernels then need no care for what lies behind the last one, and all widths of MobileNets are.
 */
export function merge(groups: readonly Group[], graph: Graph): readonly Group[] {
  const exclusive = exclusiveNodes(graph)
  const whole = ({ head, epilogue }: Group): boolean =>
    epilogue.length === 0 && !head.quantization && (head.shape.at(-1) as number) % 4 === 0
  const firsts = new Map<NodeId, Group>(groups.filter(whole).map(group => [group.head.id, group]))
  const taken = new Set<Group>()
  const merged = groups.map(group => {
    const separable = separableAt(group.head, exclusive)
    const first = separable && firsts.get(separable.depthwise.id)
    if (!first) return group
    taken.add(first)
    return { ...group, first, origins: [...first.origins, ...group.origins] }
  })
  return merged.filter(group => !taken.has(group))
}
