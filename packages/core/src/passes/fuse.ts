import { exclusiveValues } from '../analysis/exclusive-values.ts'
import { type Graph, type Node, type NodeId, originsOf } from '../graph/graph.ts'
import { type Op, traitsOf } from '../ops/table.ts'

/** What a merged node does and reads. */
export interface Fusion {
  readonly op: Op
  readonly inputs: readonly NodeId[]
}

/**
 * The one way nodes are merged: wherever a value has a single reader and is no output, `match(producer, reader)` may return
 * the op that does both. It takes the reader's place, id and name, since it computes the reader's value; and it may go on to
 * merge with what it now reads.
 */
export function fuseIntoReader(graph: Graph, match: (producer: Node, reader: Node) => Fusion | null): Graph {
  const exclusive = exclusiveValues(graph)
  const merged = new Map<NodeId, Node>()
  for (const original of graph.nodes) {
    let node = original
    for (let at = 0; at < node.inputs.length; at++) {
      const producer = merged.get(node.inputs[at] as NodeId)
      if (!producer || !exclusive.has(producer.id)) continue
      // Quantized values are rounded where they stand: merging nodes would leave that out.
      if (producer.quantization || node.quantization) continue
      const fusion = match(producer, node)
      if (!fusion) continue
      merged.delete(producer.id)
      node = { ...node, ...fusion, origins: [...originsOf(producer), ...originsOf(node)] }
      at = -1
    }
    merged.set(node.id, node)
  }
  return { ...graph, nodes: [...merged.values()] }
}

/** An op that sums products and may carry an epilogue. */
export type Product = Extract<Op, { readonly residual: boolean }>

/** Whether an op sums products: a convolution of either kind, or a dense layer. */
export function isProduct(op: Op): op is Product {
  return traitsOf(op).product === true
}
