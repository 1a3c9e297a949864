import type { Executable, Graph, Inputs, NodeId } from '@depthwise/core'
import { consumers } from '@depthwise/core/backend'

/**
 * The nodes whose values a backend keeps anyway: of every unit that its profile names, the values that are read outside of
 * that unit, or are outputs. Exposing them takes no fusion apart.
 */
export async function keptNodes(graph: Graph, executable: Executable, inputs: Inputs): Promise<readonly NodeId[]> {
  const readers = consumers(graph)
  const outputs = new Set(graph.outputs)
  const kept = new Set<NodeId>(graph.outputs)
  for (const { nodes } of await executable.profile(inputs)) {
    const unit = new Set(nodes)
    for (const id of nodes) {
      const leaves = outputs.has(id) || readers.get(id)?.some(reader => !unit.has(reader.id))
      if (leaves) kept.add(id)
    }
  }
  return graph.nodes.filter(node => node.op.kind !== 'input' && kept.has(node.id)).map(node => node.id)
}
