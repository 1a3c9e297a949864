import type { Graph, Node } from '@depthwise/core'
import { nodeIndex } from '@depthwise/core/backend'

/** The node whose value is the answer: the graph's last output. */
export function outputOf(graph: Graph): Node {
  return nodeIndex(graph).get(graph.outputs.at(-1) as number) as Node
}

/** The node that takes the image or tensor: the graph's first input. */
export function inputOf(graph: Graph): Node {
  return nodeIndex(graph).get(graph.inputs[0] as number) as Node
}

/** The nodes of all inputs or outputs, in the order of the graph. */
export function nodesOf(graph: Graph, side: 'inputs' | 'outputs'): readonly Node[] {
  const nodes = nodeIndex(graph)
  return graph[side].map(id => nodes.get(id) as Node)
}
