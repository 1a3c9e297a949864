import type { Graph, Node, NodeId } from '@depthwise/core'
import { dropIdentities, elementCount, exclusiveValues, isProduct, paramSpecs } from '@depthwise/core/backend'

/**
 * Number of parameters left after core's `foldBatchNorm`, told from the graph alone: the pass itself needs the weights. A
 * folded product keeps its weights, under a name of its own, and one bias for each output channel.
 */
export function foldedParams(unfolded: Graph): number {
  const { graph } = dropIdentities({ graph: unfolded, params: new Map() })
  const { norms, products } = foldableNorms(graph)
  const left = new Map<string, number>()
  for (const { name, role, shape, node } of paramSpecs(graph)) {
    const folds = products.has(node.id)
    if (norms.has(node.id) || (folds && role === 'bias')) continue
    left.set(folds ? JSON.stringify([name, node.id]) : name, elementCount(shape))
    if (folds) left.set(JSON.stringify([name, node.id, 'bias']), node.shape.at(-1) as number)
  }
  return [...left.values()].reduce((sum, count) => sum + count, 0)
}

interface Foldable {
  /** The batch norms that disappear. */
  readonly norms: ReadonlySet<NodeId>
  /** The products they disappear into. */
  readonly products: ReadonlySet<NodeId>
}

/** Finds every batch norm whose operand nobody else reads and is a bare product, or another batch norm that folds into one. */
export function foldableNorms(graph: Graph): Foldable {
  const exclusive = exclusiveValues(graph)
  const norms = new Set<NodeId>()
  const products = new Set<NodeId>()
  const carriers = new Map<NodeId, NodeId>()
  for (const node of graph.nodes) {
    if (isBareProduct(node)) carriers.set(node.id, node.id)
    if (node.op.kind !== 'batchNorm') continue
    const input = node.inputs[0] as NodeId
    const product = carriers.get(input)
    if (product === undefined || !exclusive.has(input)) continue
    carriers.set(node.id, product)
    norms.add(node.id)
    products.add(product)
  }
  return { norms, products }
}

/** A product whose store holds nothing yet: past a fused activation or residual, a batch norm cannot be folded. */
function isBareProduct({ op }: Node): boolean {
  return isProduct(op) && !op.activation && !op.residual
}
