import type { Graph, Network, Node, NodeId, Params } from '@depthwise/core'
import { liveRanges, originsOf } from '@depthwise/core/backend'
import type { HeadKernels } from './head-kernels.ts'
import { checkQuantizedProducts } from './quantized/products.ts'

/** One node, and the values nobody reads any more once it is computed. */
export interface Step {
  readonly node: Node
  readonly origins: readonly NodeId[]
  readonly releases: readonly NodeId[]
}

/** A prepared network as a list of steps, in the order of its nodes. The map of parameters is its own, their data is not. */
export interface Program {
  readonly graph: Graph
  readonly params: Params
  readonly steps: readonly Step[]
  /** What computes ops of heads, where the graph has some. */
  readonly heads: HeadKernels | null
}

/** Every value is released behind its last reader (behind itself when it has none), so that memory holds the live set only. */
export function program({ graph, params }: Network, heads: HeadKernels | null = null): Program {
  const ranges = liveRanges(
    graph,
    graph.nodes.map(({ id, inputs }) => ({ reads: inputs, result: id })),
  )
  const releases = graph.nodes.map((): NodeId[] => [])
  checkQuantizedProducts({ graph, params })
  // Outputs live on behind the last node.
  for (const [id, { last }] of ranges) releases[last]?.push(id)
  const steps = graph.nodes.map((node, index) => ({
    node,
    origins: originsOf(node),
    releases: releases[index] ?? [],
  }))
  return { graph, params: new Map(params), steps, heads }
}
