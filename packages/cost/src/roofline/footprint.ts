import type { Graph } from '@depthwise/core'
import { elementCount, nodeIndex, paramSpecs } from '@depthwise/core/backend'

/** Bytes of all weights of a graph. */
export function weightFootprint(graph: Graph): number {
  const sizes = new Map(paramSpecs(graph).map(({ name, shape }) => [name, 4 * elementCount(shape)]))
  return [...sizes.values()].reduce((sum, size) => sum + size, 0)
}

/** Bytes that callers hand in and are handed back. */
export function portBytes(graph: Graph): number {
  const nodes = nodeIndex(graph)
  return [...graph.inputs, ...graph.outputs].reduce((sum, id) => sum + 4 * elementCount(nodes.get(id)?.shape ?? []), 0)
}
