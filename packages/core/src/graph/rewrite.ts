import { GraphError } from '../errors.ts'
import { elementCount } from '../tensor.ts'
import { type Graph, type Node, type NodeId, nodeLabel } from './graph.ts'
import { inferShape } from './shapes.ts'

/**
 * The same graph for another batch size: axis 0 of every value becomes `batch`.
 * @throws GraphError when `batch` is not a positive integer
 */
export function rebatch(graph: Graph, batch: number): Graph {
  if (!Number.isInteger(batch) || batch < 1 || batch > 65536) {
    throw new GraphError({ where: 'option batch', expected: 'an integer from 1 to 65536', found: `${batch}` })
  }
  const shapes = new Map<NodeId, readonly number[]>()
  const nodes = graph.nodes.map(node => {
    const operands = node.inputs.map(id => shapes.get(id) ?? [])
    const shape =
      node.op.kind === 'input' ? [batch, ...node.shape.slice(1)] : inferShape(node.op, operands, nodeLabel(node))
    shapes.set(node.id, shape)
    return { ...node, shape }
  })
  return { ...graph, nodes }
}

/** The same graph with these values as its outputs, besides those it has. Passes then keep them. */
export function withOutputs(graph: Graph, ids: readonly NodeId[]): Graph {
  const known = new Set(graph.nodes.map(node => node.id))
  const missing = ids.find(id => !known.has(id))
  if (missing !== undefined) {
    throw new GraphError({ where: 'option expose', expected: 'ids of nodes of the graph', found: `${missing}` })
  }
  return { ...graph, outputs: [...new Set([...graph.outputs, ...ids])] }
}

/** Without the nodes no output depends on; inputs stay, since callers address them. */
export function withoutDeadNodes(graph: Graph): Graph {
  const alive = new Set<NodeId>([...graph.outputs, ...graph.inputs])
  for (const node of graph.nodes.toReversed()) if (alive.has(node.id)) for (const input of node.inputs) alive.add(input)
  return { ...graph, nodes: graph.nodes.filter(node => alive.has(node.id)) }
}

/**
 * The part of a graph that computes one value, with that value as its only output: an embedder out of a classifier.
 * @throws GraphError when no node has that id
 */
export function truncate(graph: Graph, output: NodeId): Graph {
  return withoutDeadNodes({ ...withOutputs(graph, [output]), outputs: [output] })
}

/**
 * One graph after another: the only output of `first` becomes the only input of `second`. Names of the second get a prefix
 * where both graphs use them.
 * @throws GraphError when the counts or the shapes do not meet
 */
export function chain(first: Graph, second: Graph): Graph {
  const output = first.nodes.find(node => node.id === first.outputs[0])
  const input = second.nodes.find(node => node.id === second.inputs[0])
  if (!output || !input || first.outputs.length !== 1 || second.inputs.length !== 1) {
    const found = `${first.outputs.length} outputs and ${second.inputs.length} inputs`
    throw new GraphError({ where: 'chain', expected: 'one output, then one input', found })
  }
  if (elementCount(output.shape.slice(1)) !== elementCount(input.shape.slice(1))) {
    const found = `${output.shape.join('x')} then ${input.shape.join('x')}`
    throw new GraphError({ where: 'chain', expected: 'an output that fits the next input', found })
  }
  const offset = Math.max(...first.nodes.map(node => node.id)) + 1
  const rename = renamer(first, second)
  const moved = second.nodes.map((node): Node => {
    const name = rename(node.name)
    const joint = { ...node, id: node.id + offset, name, inputs: node.inputs.map(id => id + offset) }
    if (node !== input) return joint
    return { ...joint, op: { kind: 'reshape', target: node.shape.slice(1) }, inputs: [output.id], dtype: 'float32' }
  })
  return { nodes: [...first.nodes, ...moved], inputs: first.inputs, outputs: second.outputs.map(id => id + offset) }
}

/** Gives each name of `second` one that is free in `first` and not somebody else's in `second`. */
function renamer(first: Graph, second: Graph): (name: string) => string {
  const taken = new Set(first.nodes.map(node => node.name))
  const own = new Set(second.nodes.map(node => node.name))
  return name => {
    let free = name
    while (taken.has(free) || (free !== name && own.has(free))) free = `then/${free}`
    taken.add(free)
    return free
  }
}
