import type { Graph, Node, Op } from '@depthwise/core'
import { freshId, originsOf } from '@depthwise/core/backend'

/** Whether a kernel adds the shortcut as it stores: the dense products of MobileNets do, the others would never be asked to. */
function addsShortcut(op: Op): boolean {
  return op.kind === 'dense' || (op.kind === 'conv2d' && op.groups === 1)
}

/** Takes fused shortcuts out of the ops whose kernels do not add them: product, add, activation again. */
export function splitShortcuts(graph: Graph): Graph {
  let fresh = freshId(graph)
  const nodes = graph.nodes.flatMap((node): readonly Node[] => {
    const { op } = node
    if (!('residual' in op) || !op.residual || addsShortcut(op)) return [node]
    const [input, shortcut] = node.inputs as readonly [number, number]
    const product: Node = {
      ...node,
      id: fresh++,
      name: `${node.name}:product`,
      op: { ...op, residual: false, activation: null },
      inputs: [input],
      origins: originsOf(node),
    }
    const sum: Node = { ...node, op: { kind: 'binary', operator: 'add' }, inputs: [product.id, shortcut], origins: [] }
    if (!op.activation) return [product, sum]
    const inner = { ...sum, id: fresh++, name: `${node.name}:sum` }
    return [product, inner, { ...sum, op: op.activation, inputs: [inner.id] }]
  })
  return { ...graph, nodes }
}
