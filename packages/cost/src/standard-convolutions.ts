import type { Graph, Node } from '@depthwise/core'
import { exclusiveNodes, separableAt, withoutDeadNodes } from '@depthwise/core/backend'
import { foldedGraph } from './folded-graph.ts'

/**
 * The network as it was before depthwise separable convolutions: each depthwise layer and the pointwise one behind it become
 * one standard convolution, of the first's kernel and stride and the second's filters (V1 paper, table 4, "Conv MobileNet").
 * What comes back is folded (`foldedGraph`) and for counting: its weights have the names of the pointwise ones, and other
 * shapes.
 */
export function withStandardConvolutions(graph: Graph): Graph {
  const folded = foldedGraph(graph)
  const exclusive = exclusiveNodes(folded)
  const nodes = folded.nodes.map((node): Node => {
    const separable = separableAt(node, exclusive)
    if (!separable) return node
    const { depthwise, pointwise } = separable
    const { kernel, strides, padding, dilations } = depthwise.op
    const standard = { ...pointwise.op, kernel, strides, padding, dilations }
    return { ...node, op: standard, inputs: [...depthwise.inputs, ...node.inputs.slice(1)] }
  })
  return withoutDeadNodes({ ...folded, nodes })
}
