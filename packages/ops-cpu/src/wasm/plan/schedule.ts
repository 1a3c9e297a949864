import type { Graph, Node, NodeId } from '@depthwise/core'
import {
  type AffineOp,
  type Conv2dOp,
  type DepthwiseConv2dOp,
  type ExclusiveNodes,
  exclusiveNodes,
  isPointwise,
  nodeIf,
  originsOf,
  separableAt,
} from '@depthwise/core/backend'
import { layoutOf } from './layout.ts'

/** A depthwise convolution with the pointwise ones around it, computed together in bands of rows. */
export interface Block {
  readonly kind: 'block'
  readonly expand: Node<Conv2dOp> | null
  readonly depthwise: Node<DepthwiseConv2dOp>
  readonly project: Node<Conv2dOp>
}

/** One node; a convolution may read a normalised image as it is stored. */
export interface Single {
  readonly kind: 'single'
  readonly normalize: Node<AffineOp> | null
  readonly node: Node
}

/** What is computed in one step. Values inside a group have no memory of their own. */
export type Group = Block | Single

/** The nodes of a group in order; the last one's value is the group's. */
export function nodesOf(group: Group): readonly Node[] {
  const nodes = group.kind === 'block' ? [group.expand, group.depthwise, group.project] : [group.normalize, group.node]
  return nodes.filter(node => node !== null)
}

/** The node whose value a group computes. */
export function resultOf(group: Group): Node {
  return group.kind === 'block' ? group.project : group.node
}

/** Values a group reads from memory: the first operand of its first node, then the last node's other operands. */
export function operandsOf(group: Group): readonly NodeId[] {
  const nodes = nodesOf(group)
  const [first, last] = [nodes[0] as Node, nodes.at(-1) as Node]
  return first === last ? first.inputs : [first.inputs[0] as NodeId, ...last.inputs.slice(1)]
}

/** Authored nodes a group computes. */
export function groupOrigins(group: Group): readonly NodeId[] {
  return nodesOf(group).flatMap(originsOf)
}

/** Which blocks are worth bands: those whose inner values would leave the cache between one layer and the next. */
export interface FusionPolicy {
  /** Bytes of the expanded value, or of the filtered one where nothing is expanded. */
  readonly expandedBytes: number
  readonly filteredBytes: number
  /**
   * Whether blocks without an expansion count too that give at least as many channels as they filter (V1's): only what is
   * filtered stays in the cache then, and weights are read again for every band. Default no.
   */
  readonly widening?: boolean
}

/** Values as large as this would not stay in the second-level cache between two layers. */
export const defaultFusion: FusionPolicy = { expandedBytes: 448 * 1024, filteredBytes: 448 * 1024 }

/** Cuts an optimised graph into groups, in order. Values that are outputs are never inside one. */
export function schedule(graph: Graph, policy: FusionPolicy): readonly Group[] {
  const exclusive = exclusiveNodes(graph)
  const absorbed = new Set<NodeId>()
  const groups = new Map<NodeId, Group>()
  for (const node of graph.nodes) {
    if (node.op.kind === 'input') continue
    const group = blockAround(node, exclusive, groups, policy) ??
      stemAround(node, exclusive) ?? { kind: 'single', normalize: null, node }
    for (const inner of nodesOf(group).slice(0, -1)) absorbed.add(inner.id)
    groups.set(node.id, group)
  }
  return [...groups].filter(([id]) => !absorbed.has(id)).map(([, group]) => group)
}

function blockAround(
  node: Node,
  exclusive: ExclusiveNodes,
  groups: ReadonlyMap<NodeId, Group>,
  policy: FusionPolicy,
): Block | null {
  const separable = separableAt(node, exclusive)
  if (!separable) return null
  const { depthwise, pointwise: project } = separable
  const expand = nodeIf(exclusive(depthwise.inputs[0]), isPointwise)
  // In V1 the pointwise layer before a depthwise one may already end a block of its own.
  const own = expand && groups.get(expand.id)
  const free = own?.kind === 'single' && !own.normalize && !expand?.op.residual
  if (expand && free && layoutOf(expand).bytes >= policy.expandedBytes)
    return { kind: 'block', expand, depthwise, project }
  const filtered = layoutOf(depthwise)
  if (filtered.bytes < policy.filteredBytes) return null
  if (!policy.widening && project.op.filters >= filtered.channels) return null
  return { kind: 'block', expand: null, depthwise, project }
}

function stemAround(node: Node, exclusive: ExclusiveNodes): Single | null {
  if (node.op.kind !== 'conv2d') return null
  const isNormalize = (op: Node['op']): op is AffineOp => op.kind === 'affine'
  const normalize = nodeIf(exclusive(node.inputs[0]), isNormalize)
  return normalize && { kind: 'single', normalize, node }
}
