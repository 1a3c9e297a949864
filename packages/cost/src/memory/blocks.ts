import {
  type Conv2dOp,
  type DepthwiseConv2dOp,
  exclusiveValues,
  type Graph,
  type Node,
  type NodeId,
  nodeIndex,
} from '@depthwise/core'

/** Nodes that are computed together, so that the values between them need never exist whole. The last one's value is theirs. */
export type Block = readonly [Node, ...Node[]]

/** A value that only its reader needs. */
type Exclusive = (id: NodeId | undefined) => Node | null

/**
 * Cuts a folded graph into blocks, where values between layers are large: a convolution, the depthwise one that reads it, and
 * the pointwise one behind (an inverted residual, or a separable layer with the convolution before it or without); and a
 * convolution with the global pool behind it. Everything else is a block of its own.
 */
export function blocksOf(graph: Graph, worthwhile: (block: Block) => boolean): readonly Block[] {
  const sole = exclusiveValues(graph)
  const nodes = nodeIndex(graph)
  const inBlock = new Set<NodeId>()
  const exclusive: Exclusive = id =>
    id !== undefined && sole.has(id) && !inBlock.has(id) ? (nodes.get(id) ?? null) : null
  const blocks = new Map<NodeId, Block>()
  for (const node of graph.nodes) {
    if (node.op.kind === 'input') continue
    const block = candidates(node, exclusive).find(worthwhile) ?? [node]
    if (block.length > 1) for (const each of block) inBlock.add(each.id)
    for (const inner of block.slice(0, -1)) blocks.delete(inner.id)
    blocks.set(node.id, block)
  }
  return [...blocks.values()]
}

/** Blocks that could end in a node, the longest first. */
function candidates(last: Node, exclusive: Exclusive): readonly Block[] {
  const before = exclusive(last.inputs[0])
  if (!before) return []
  if (last.op.kind === 'globalAveragePool') return isFull(before.op) && !before.op.residual ? [[before, last]] : []
  if (!isPointwise(last.op) || !isDepthwise(before.op)) return []
  const expand = exclusive(before.inputs[0])
  const pair: Block = [before, last]
  return expand && isFull(expand.op) && !expand.op.residual ? [[expand, ...pair], pair] : [pair]
}

const isFull = (op: Node['op']): op is Conv2dOp => op.kind === 'conv2d' && op.groups === 1
const isPointwise = (op: Node['op']): op is Conv2dOp =>
  isFull(op) && op.kernel[0] * op.kernel[1] * op.strides[0] * op.strides[1] === 1

/** Depthwise, one filter a channel, with nothing added. */
export function isDepthwise(op: Node['op']): op is DepthwiseConv2dOp {
  return op.kind === 'depthwiseConv2d' && op.multiplier === 1 && !op.residual
}
