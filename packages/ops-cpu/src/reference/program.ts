import type { Graph, Network, Node, NodeId, Params } from '@depthwise/core'
import { liveRanges, nodeIndex, originsOf } from '@depthwise/core/backend'
import { realParams } from './quantized.ts'

/** One node, and the values nobody reads any more once it is computed. */
export interface Step {
  readonly node: Node
  readonly origins: readonly NodeId[]
  /** What its kernel multiplies by, in reals. */
  readonly params: Params
  readonly releases: readonly NodeId[]
}

/** A prepared network as a list of steps, in the order of its nodes. Their maps of parameters are its own, the data of float32 is not. */
export interface Program {
  readonly graph: Graph
  readonly steps: readonly Step[]
}

/** Every value is released behind its last reader (behind itself when it has none), so that memory holds the live set only. */
export function program({ graph, params }: Network): Program {
  const ranges = liveRanges(
    graph,
    graph.nodes.map(({ id, inputs }) => ({ reads: inputs, result: id })),
  )
  const releases = graph.nodes.map((): NodeId[] => [])
  // Outputs live on behind the last node.
  for (const [id, { last }] of ranges) releases[last]?.push(id)
  const nodes = nodeIndex(graph)
  const own = new Map(params)
  const steps = graph.nodes.map((node, index) => ({
    node,
    origins: originsOf(node),
    params: realParams(node, nodes.get(node.inputs[0] as NodeId), own),
    releases: releases[index] ?? [],
  }))
  return { graph, steps }
}
