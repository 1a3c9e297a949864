import { type Graph, type Node, nodeIndex } from '@depthwise/core'

/** The node whose value answers: the graph's last output. */
export function outputOf(graph: Graph): Node {
  return nodeIndex(graph).get(graph.outputs.at(-1) as number) as Node
}

/** The node that takes the picture or tensor: the graph's first input. */
export function inputOf(graph: Graph): Node {
  return nodeIndex(graph).get(graph.inputs[0] as number) as Node
}
