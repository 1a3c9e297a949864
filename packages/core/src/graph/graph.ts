import type { ParamName } from '../ops/definition.ts'
import { type Op, opTitle } from '../ops/table.ts'
import type { Tensor, ValueType } from '../tensor.ts'

/**
 * Names one value of a graph. Passes keep it: a fused node carries the id (and name) of the value it computes, so an id
 * taken from the authored graph still means the same numbers after optimisation, if the value still exists.
 */
export type NodeId = number

/**
 * One op of a graph with its value: the type (`dtype`, `shape` and, where integers stand for reals, `quantization`) is that
 * of what it computes, `inputs` the values it reads, in order. An op on quantized values is a quantized op.
 */
export interface Node<O extends Op = Op> extends ValueType {
  readonly id: NodeId
  readonly op: O
  readonly inputs: readonly NodeId[]
  /** Unique in its graph; inputs and outputs are addressed by it. */
  readonly name: string
  /** Ids of the authored nodes this one computes, when passes merged several; absent means only itself. */
  readonly origins?: readonly NodeId[]
}

/** Immutable; `nodes` in topological order: every node stands after its inputs. */
export interface Graph {
  readonly nodes: readonly Node[]
  readonly inputs: readonly NodeId[]
  readonly outputs: readonly NodeId[]
}

/** Weights live beside the graph, by name: one graph serves many checkpoints, and cost needs none. */
export type Params = ReadonlyMap<ParamName, Tensor>

/** A graph together with its weights: what passes map to itself and loaders return. */
export interface Network {
  readonly graph: Graph
  readonly params: Params
}

/** The authored nodes a node stands for. */
export function originsOf(node: Node): readonly NodeId[] {
  return node.origins ?? [node.id]
}

/** Nodes by id. */
export function nodeIndex(graph: Graph): ReadonlyMap<NodeId, Node> {
  const nodes = new Map<NodeId, Node>()
  graph.nodes.forEach(node => {
    nodes.set(node.id, node)
  })
  return nodes
}

/** For each value, the nodes that read it (a node that reads it twice stands twice). */
export function consumers(graph: Graph): ReadonlyMap<NodeId, readonly Node[]> {
  const readers = new Map<NodeId, Node[]>(graph.nodes.map(node => [node.id, []]))
  for (const node of graph.nodes) for (const input of node.inputs) readers.get(input)?.push(node)
  return readers
}

/** How errors and reports point at a node. */
export function nodeLabel(node: { readonly id: NodeId; readonly name: string; readonly op: Op }): string {
  return `node ${node.id} "${node.name}" (${opTitle(node.op)})`
}
