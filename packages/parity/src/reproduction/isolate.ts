import type { Graph, Network, Node, NodeId, Params } from '@depthwise/core'
import { nodeIndex, paramSpecs } from '@depthwise/core/backend'

/**
 * The part of a graph that computes one value out of values that are known: those become inputs, under their own names. At
 * `reach` 1 the known values right before it, at 2 the known ones before these, and so on; `Infinity` reaches back to the
 * inputs of the graph.
 */
export function isolate(network: Network, output: NodeId, known: ReadonlySet<NodeId>, reach: number): Network {
  const nodes = nodeIndex(network.graph)
  const steps = stepsBack(network.graph, output, known)
  const inside = (node: Node): boolean => node.op.kind !== 'input' && (steps.get(node.id) ?? Infinity) < reach
  const kept = network.graph.nodes.filter(inside)
  const borders = new Set(kept.flatMap(node => node.inputs).filter(id => !inside(nodes.get(id) as Node)))
  const graph: Graph = {
    nodes: network.graph.nodes.flatMap(node => {
      if (inside(node)) return [node]
      return borders.has(node.id) ? [asInput(node)] : []
    }),
    inputs: [...borders],
    outputs: [output],
  }
  return { graph, params: onlyRead(graph, network.params) }
}

/** How many known values lie on the shortest way back from the output, not counting it. Values not on any way are absent. */
function stepsBack(graph: Graph, output: NodeId, known: ReadonlySet<NodeId>): ReadonlyMap<NodeId, number> {
  const steps = new Map<NodeId, number>([[output, 0]])
  for (const node of graph.nodes.toReversed()) {
    const own = steps.get(node.id)
    if (own === undefined) continue
    for (const id of node.inputs) {
      const through = own + (known.has(id) ? 1 : 0)
      if (through < (steps.get(id) ?? Infinity)) steps.set(id, through)
    }
  }
  return steps
}

function asInput({ id, shape, dtype, name }: Node): Node {
  return { id, op: { kind: 'input' }, inputs: [], shape, dtype, name }
}

function onlyRead(graph: Graph, params: Params): Params {
  const read = new Set(paramSpecs(graph).map(spec => spec.name))
  return new Map([...params].filter(([name]) => read.has(name)))
}
