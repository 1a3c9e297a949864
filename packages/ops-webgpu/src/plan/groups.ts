import type { Graph, Node, NodeId } from '@depthwise/core'
import { exclusiveValues, isActivation, originsOf, sameShape } from '@depthwise/core/backend'
import { maxAdded } from '../kernels/epilogue.ts'
import { withEpilogue } from './rules.ts'

/** Nodes that one launch computes: a head, and what is done to its result before it is stored. */
export interface Group {
  readonly head: Node
  /** Activations and sums of equal shapes, each reading the one before it. */
  readonly epilogue: readonly Node[]
  /** The last of them: whose value is stored, when all operands are there. */
  readonly last: Node
  readonly origins: readonly NodeId[]
  /** A group that the same launch computes before, its result never stored; see `PairFusion`. */
  readonly first?: Group
}

/**
 * Fusion groups, in the order they can run. Core's passes have merged what ends in one activation; quantised networks go on
 * with a sum and a clamp of its own, which is merged here.
 */
export function fusionGroups(graph: Graph): readonly Group[] {
  const exclusive = exclusiveValues(graph)
  const groups = new Map<NodeId, Group>()
  for (const node of graph.nodes) {
    if (node.op.kind === 'input') continue
    const before = node.inputs.find(id => {
      const group = groups.get(id)
      return group && exclusive.has(id) && canFollow(node, group)
    })
    const group = before === undefined ? undefined : groups.get(before)
    if (group) {
      groups.delete(group.last.id)
      const epilogue = [...group.epilogue, node]
      groups.set(node.id, { head: group.head, epilogue, last: node, origins: [...group.origins, ...originsOf(node)] })
    } else groups.set(node.id, { head: node, epilogue: [], last: node, origins: originsOf(node) })
  }
  return [...groups.values()]
}

/** Whether a node adds two values. */
export const isSum = ({ op }: Node): boolean => op.kind === 'binary' && op.operator === 'add'

function canFollow(node: Node, { head, epilogue }: Group): boolean {
  if (!withEpilogue(head) || !sameShape(head.shape, node.shape)) return false
  if (isActivation(node.op)) return true
  const added = epilogue.filter(isSum).length + ('residual' in head.op && head.op.residual ? 1 : 0)
  return isSum(node) && added < maxAdded
}

/** The operand of a sum in an epilogue that is not the value before it. */
export function addedBy(node: Node, { head, epilogue }: Group): NodeId {
  const before = epilogue[epilogue.indexOf(node) - 1] ?? head
  return node.inputs.find(id => id !== before.id) as NodeId
}
