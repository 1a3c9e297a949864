import { type Graph, type Node, type NodeId, nodeIndex } from '../graph/graph.ts'

/** Values that a single operand reads and that are no output: what may disappear into its reader. */
export function exclusiveValues(graph: Graph): ReadonlySet<NodeId> {
  const read = new Set<NodeId>(graph.outputs)
  const exclusive = new Set<NodeId>()
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      if (read.has(input)) exclusive.delete(input)
      else exclusive.add(input)
      read.add(input)
    }
  }
  return exclusive
}

/** The node that computes an exclusive value; null for any other value, and for an operand that does not exist. */
export type ExclusiveNodes = (id: NodeId | undefined) => Node | null

/** `exclusiveValues` for walks from readers to what they read. */
export function exclusiveNodes(graph: Graph): ExclusiveNodes {
  const nodes = nodeIndex(graph)
  const exclusive = exclusiveValues(graph)
  return id => (id !== undefined && exclusive.has(id) ? (nodes.get(id) ?? null) : null)
}
