import { GraphError } from '../errors.ts'
import { inferShape } from '../ops/table.ts'
import { checkShape } from '../tensor.ts'
import { type Graph, type NodeId, nodeLabel } from './graph.ts'

/**
 * The same graph for another batch size: axis 0 of every value becomes `batch`.
 * @throws GraphError when `batch` is not an integer from 1 to 65536, ShapeError when a value gets too large to address
 */
export function rebatch(graph: Graph, batch: number): Graph {
  if (!Number.isInteger(batch) || batch < 1 || batch > 65536) {
    throw new GraphError({ where: 'option batch', expected: 'an integer from 1 to 65536', found: `${batch}` })
  }
  const shapes = new Map<NodeId, readonly number[]>()
  const nodes = graph.nodes.map(node => {
    const where = nodeLabel(node)
    const operands = node.inputs.map(id => shapes.get(id) ?? [])
    const shape =
      node.op.kind === 'input' ? [batch, ...node.shape.slice(1)] : inferShape(node.op, operands, where, batch)
    checkShape(shape, where)
    shapes.set(node.id, shape)
    return { ...node, shape }
  })
  return { ...graph, nodes }
}

/**
 * The same graph with these values as its outputs, besides those it has. Passes then keep them.
 * @throws GraphError when no node has one of the ids
 */
export function withOutputs(graph: Graph, ids: readonly NodeId[]): Graph {
  const known = new Set(graph.nodes.map(node => node.id))
  const missing = ids.find(id => !known.has(id))
  if (missing !== undefined) {
    throw new GraphError({ where: 'option expose', expected: 'ids of nodes of the graph', found: `${missing}` })
  }
  return { ...graph, outputs: [...new Set([...graph.outputs, ...ids])] }
}

/** An id that no node of the graph has; nor has any larger one. */
export function freshId(graph: Graph): NodeId {
  return graph.nodes.reduce((largest, node) => Math.max(largest, node.id), -1) + 1
}

/** The wanted name for a node, with underscores behind it for as long as a node of the graph has it. */
export function freshName(graph: Graph, wanted: string): string {
  const names = new Set(graph.nodes.map(node => node.name))
  let name = wanted
  while (names.has(name)) name = `${name}_`
  return name
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
