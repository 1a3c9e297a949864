import type { Graph, Node, NodeId } from '@depthwise/core'
import { freshId, freshName, nodeIndex } from '@depthwise/core/backend'

/**
 * Inputs and outputs as their caller stores them, where memory would hold them with their top bit flipped: bytes without a
 * quantization, under the name of the end, which a `quantize` or `dequantize` flips. For modules that have no host to do so.
 */
export function bareEnds(graph: Graph, flips: (node: Node) => boolean): Graph {
  const nodes = nodeIndex(graph)
  const flipped = (id: NodeId): boolean => flips(nodes.get(id) as Node)
  let next = freshId(graph)
  const bytesOf = new Map([...graph.inputs, ...graph.outputs].filter(flipped).map(id => [id, next++]))
  const all = graph.nodes.flatMap((node): readonly Node[] => {
    const id = bytesOf.get(node.id)
    if (id === undefined) return [node]
    const { quantization: _, ...bare } = node
    const stored = { ...node, name: freshName(graph, `${node.name}_stored`) }
    return node.op.kind === 'input'
      ? [
          { ...bare, id },
          { ...stored, op: { kind: 'quantize' }, inputs: [id] },
        ]
      : [stored, { ...bare, id, op: { kind: 'dequantize' }, inputs: [node.id], origins: [] }]
  })
  const end = (id: NodeId): NodeId => bytesOf.get(id) ?? id
  return { ...graph, nodes: all, inputs: graph.inputs.map(end), outputs: graph.outputs.map(end) }
}
