import { consumers, type Graph, type Network, type Node, type NodeId, nodeIndex, originsOf } from '../graph/graph.ts'
import { sameShape } from '../tensor.ts'

/** Whether a node returns its operand unchanged, shape included. */
function isIdentity({ op, inputs, shape }: Node, operand: Node): boolean {
  switch (op.kind) {
    case 'dropout':
      return true
    case 'clamp':
      return op.min === -Infinity && op.max === Infinity
    case 'concat':
      return inputs.length === 1
    case 'pad':
    case 'reshape':
      return sameShape(shape, operand.shape)
    default:
      return false
  }
}

/**
 * Removes nodes that return their operand: dropout at inference, clamps without bounds, padding by nothing. One that is an
 * output lends its id and name to its operand, if nobody else reads or names that; else it stays.
 */
export function dropIdentities({ graph, params }: Network): Network {
  const nodes = new Map<NodeId, Node>(nodeIndex(graph))
  const readers = consumers(graph)
  const aliases = new Map<NodeId, NodeId>()
  for (const original of graph.nodes) {
    const node = { ...original, inputs: original.inputs.map(id => aliases.get(id) ?? id) }
    nodes.set(node.id, node)
    const operand = nodes.get(node.inputs[0] as NodeId)
    if (!operand || !isIdentity(node, operand)) continue
    if (!graph.outputs.includes(node.id)) {
      aliases.set(node.id, operand.id)
      nodes.delete(node.id)
    } else if (isReplaceable(operand, graph, readers.get(original.inputs[0] as NodeId) ?? [])) {
      nodes.delete(operand.id)
      nodes.set(node.id, { ...operand, id: node.id, name: node.name, origins: [...originsOf(operand), node.id] })
    }
  }
  return { graph: { ...graph, nodes: [...nodes.values()] }, params }
}

function isReplaceable(operand: Node, graph: Graph, readers: readonly Node[]): boolean {
  return operand.op.kind !== 'input' && readers.length === 1 && !graph.outputs.includes(operand.id)
}
