import { consumers, type Graph, type Node, type NodeId, originsOf } from '../graph/graph.ts'
import type { Op } from '../graph/op.ts'

/** What a merged node does and reads. */
export interface Fusion {
  readonly op: Op
  readonly inputs: readonly NodeId[]
}

/**
 * The one way nodes are merged: wherever a value has a single reader and is no output, `match(producer, reader)` may return
 * the op that does both. It takes the reader's place, id and name, since it computes the reader's value.
 */
export function fuseIntoReader(graph: Graph, match: (producer: Node, reader: Node) => Fusion | null): Graph {
  const readers = consumers(graph)
  const merged = new Map<NodeId, Node>()
  for (const original of graph.nodes) {
    let node = original
    for (const input of original.inputs) {
      const producer = merged.get(input)
      const exclusive = readers.get(input)?.length === 1 && !graph.outputs.includes(input)
      const fusion = producer && exclusive ? match(producer, node) : null
      if (!producer || !fusion) continue
      merged.delete(producer.id)
      node = { ...node, ...fusion, origins: [...originsOf(producer), ...originsOf(node)] }
    }
    merged.set(node.id, node)
  }
  return { ...graph, nodes: [...merged.values()] }
}

/** An op that sums products and may carry an epilogue. */
export type Product = Extract<Op, { readonly kind: 'conv2d' | 'depthwiseConv2d' | 'dense' }>

export function isProduct(op: Op): op is Product {
  return op.kind === 'conv2d' || op.kind === 'depthwiseConv2d' || op.kind === 'dense'
}
