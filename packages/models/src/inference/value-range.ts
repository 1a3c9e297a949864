import type { Bounds, Graph, Node, NodeId } from '@depthwise/core'
import { rangeOfOp } from '@depthwise/core/backend'

const anything: Bounds = { min: -Infinity, max: Infinity }

const hull = (all: readonly Bounds[]): Bounds => ({
  min: Math.min(...all.map(({ min }) => min)),
  max: Math.max(...all.map(({ max }) => max)),
})

/** The interval in which the values of a node lie, as far as it follows from the graph without weights. */
export function rangeOf(graph: Graph, { id }: Node): Bounds {
  const ranges = new Map<NodeId, Bounds>()
  for (const { id: each, op, inputs } of graph.nodes) {
    const operand = hull(inputs.map(input => ranges.get(input) ?? anything))
    ranges.set(each, rangeOfOp(op, operand))
  }
  return ranges.get(id) ?? anything
}
