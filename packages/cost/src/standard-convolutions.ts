import { exclusiveValues, type Graph, type Node, type NodeId, withoutDeadNodes } from '@depthwise/core'
import { foldedGraph } from './folded-graph.ts'
import { isDepthwise } from './memory/blocks.ts'

/**
 * The network as it was before depthwise separable convolutions: each depthwise layer and the pointwise one behind it become
 * one standard convolution, of the first's kernel and stride and the second's filters (V1 paper, table 4, "Conv MobileNet").
 * What comes back is folded (`foldedGraph`) and for counting: its weights have the names of the pointwise ones, and other
 * shapes.
 */
export function withStandardConvolutions(graph: Graph): Graph {
  const folded = foldedGraph(graph)
  const exclusive = exclusiveValues(folded)
  const nodes = new Map<NodeId, Node>()
  for (const node of folded.nodes) {
    const before = nodes.get(node.inputs[0] as NodeId)
    const sole = before && exclusive.has(before.id)
    const { op } = node
    if (
      op.kind !== 'conv2d' ||
      op.groups !== 1 ||
      op.kernel[0] * op.kernel[1] !== 1 ||
      !sole ||
      !isDepthwise(before.op)
    ) {
      nodes.set(node.id, node)
      continue
    }
    const { kernel, strides, padding, dilations } = before.op
    const standard = { ...op, kernel, strides, padding, dilations }
    nodes.set(node.id, { ...node, op: standard, inputs: [before.inputs[0] as NodeId, ...node.inputs.slice(1)] })
  }
  return withoutDeadNodes({ ...folded, nodes: [...nodes.values()] })
}
