import { exclusiveValues } from '../analysis/exclusive-values.ts'
import { type Graph, type Network, type Node, type NodeId, nodeIndex, originsOf } from '../graph/graph.ts'
import { isIdentityOp } from '../ops/table.ts'
import { sameElements } from '../quantization.ts'

/** Whether a node returns its first operand unchanged, type included. */
function isIdentity(node: Node, operand: Node): boolean {
  // All operands there are but the first only matter by their number.
  const operands = node.inputs.map(() => operand.shape)
  return sameElements(node, operand) && isIdentityOp(node.op, operands, node.shape)
}

/**
 * Removes nodes that return their operand: dropout at inference, clamps without bounds, padding by nothing. One that is an
 * output lends its id and name to its operand, if nobody else reads or names that; else it stays.
 */
export function dropIdentities({ graph, params }: Network): Network {
  return { graph: lendOutputs(dropInner(graph)), params }
}

/** Has the readers of each identity that is no output read its operand instead. */
function dropInner(graph: Graph): Graph {
  const kept = new Map<NodeId, Node>()
  const aliases = new Map<NodeId, NodeId>()
  const outputs = new Set(graph.outputs)
  for (const original of graph.nodes) {
    const node = { ...original, inputs: original.inputs.map(id => aliases.get(id) ?? id) }
    const operand = kept.get(node.inputs[0] as NodeId)
    if (operand && isIdentity(node, operand) && !outputs.has(node.id)) aliases.set(node.id, operand.id)
    else kept.set(node.id, node)
  }
  return { ...graph, nodes: [...kept.values()] }
}

/** Has operands that only an identity reads take its place among the outputs; readers are counted once all others are gone. */
function lendOutputs(graph: Graph): Graph {
  const nodes = new Map<NodeId, Node>(nodeIndex(graph))
  const exclusive = exclusiveValues(graph)
  const outputs = new Set(graph.outputs)
  for (const node of graph.nodes) {
    const operand = nodes.get(node.inputs[0] as NodeId)
    if (!operand || !isIdentity(node, operand) || !outputs.has(node.id)) continue
    if (operand.op.kind === 'input' || !exclusive.has(operand.id)) continue
    nodes.delete(operand.id)
    nodes.set(node.id, { ...operand, id: node.id, name: node.name, origins: [...originsOf(operand), node.id] })
  }
  return { ...graph, nodes: [...nodes.values()] }
}
