import type { Graph, Network, Node, NodeId } from '@depthwise/core'
import {
  dropIdentities,
  foldPadding,
  fuseActivation,
  fuseResidual,
  isProduct,
  originsOf,
  withoutDeadNodes,
} from '@depthwise/core/backend'
import { foldableNorms } from './folding.ts'

/**
 * The graph as engines run it: padding, batch norm, activations and residual adds folded into the products, told without any
 * weights. Where core's `optimize` names new parameters, this keeps the old names; else the two make the same graph.
 */
export function foldedGraph(graph: Graph): Graph {
  const passes = [dropIdentities, foldPadding, foldNorms, fuseActivation, fuseResidual, fuseActivation]
  const network = passes.reduce((current: Network, pass) => pass(current), {
    graph: withoutDeadNodes(graph),
    params: new Map(),
  })
  return withoutDeadNodes(network.graph)
}

/** Lets each product end in the batch norm that follows it: it takes that one's id and name, and has a bias. */
function foldNorms({ graph, params }: Network): Network {
  const { norms } = foldableNorms(graph)
  const kept = new Map<NodeId, Node>()
  for (const node of graph.nodes) {
    const producer = norms.has(node.id) ? kept.get(node.inputs[0] as NodeId) : undefined
    if (!producer || !isProduct(producer.op)) {
      kept.set(node.id, node)
      continue
    }
    kept.delete(producer.id)
    const op = { ...producer.op, bias: producer.op.bias ?? `${producer.name}/bias` }
    const origins = [...originsOf(producer), ...originsOf(node)]
    kept.set(node.id, { ...producer, op, id: node.id, name: node.name, origins })
  }
  return { graph: { ...graph, nodes: [...kept.values()] }, params }
}
