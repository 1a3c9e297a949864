import type { Graph, Node, NodeId } from '@depthwise/core'
import { type Conv2dOp, type ExclusiveNodes, exclusiveNodes, separableAt } from '@depthwise/core/backend'

/** Nodes that are computed together, so that the values between them need never exist whole. The last one's value is theirs. */
export type Block = readonly [Node, ...Node[]]

/**
 * Cuts a folded graph into blocks, where values between layers are large: a convolution, the depthwise one that reads it, and
 * the pointwise one behind (an inverted residual, or a separable layer with the convolution before it or without); and a
 * convolution with the global pool behind it. Everything else is a block of its own.
 */
export function blocksOf(graph: Graph, worthwhile: (block: Block) => boolean): readonly Block[] {
  const exclusive = exclusiveNodes(graph)
  const inBlock = new Set<NodeId>()
  const free: ExclusiveNodes = id => (id !== undefined && inBlock.has(id) ? null : exclusive(id))
  const blocks = new Map<NodeId, Block>()
  for (const node of graph.nodes) {
    if (node.op.kind === 'input') continue
    const block = candidates(node, free).find(worthwhile) ?? [node]
    if (block.length > 1) for (const each of block) inBlock.add(each.id)
    for (const inner of block.slice(0, -1)) blocks.delete(inner.id)
    blocks.set(node.id, block)
  }
  return [...blocks.values()]
}

/** Blocks that could end in a node, the longest first. */
function candidates(last: Node, exclusive: ExclusiveNodes): readonly Block[] {
  const before = exclusive(last.inputs[0])
  if (!before) return []
  if (last.op.kind === 'globalAveragePool') return isFull(before.op) && !before.op.residual ? [[before, last]] : []
  if (!separableAt(last, exclusive)) return []
  const expand = exclusive(before.inputs[0])
  const pair: Block = [before, last]
  return expand && isFull(expand.op) && !expand.op.residual ? [[expand, ...pair], pair] : [pair]
}

const isFull = (op: Node['op']): op is Conv2dOp => op.kind === 'conv2d' && op.groups === 1
