import type { Bounds, Graph, Node, NodeId } from '@depthwise/core'
import { clampedBounds, perIndex, rangeOfOp, storedRange } from '@depthwise/core/backend'

const anything: Bounds = { min: -Infinity, max: Infinity }

const hull = (all: readonly Bounds[]): Bounds => ({
  min: Math.min(...all.map(({ min }) => min)),
  max: Math.max(...all.map(({ max }) => max)),
})

/** The interval in which the values of a node lie, as far as it follows from the graph without weights. */
export function rangeOf(graph: Graph, { id }: Node): Bounds {
  const ranges = new Map<NodeId, Bounds>()
  for (const node of graph.nodes) {
    const operand = hull(node.inputs.map(input => ranges.get(input) ?? anything))
    ranges.set(node.id, clampedBounds(rangeOfOp(node.op, operand), storable(node)))
  }
  return ranges.get(id) ?? anything
}

/** The reals that a quantized value can hold. */
function storable({ dtype, quantization }: Node): Bounds {
  const range = storedRange(dtype)
  if (!quantization || !range) return anything
  const { scales, zeroPoints } = perIndex(quantization)
  const [min, max] = range.map(stored => (stored - zeroPoints[0]!) * scales[0]!) as [number, number]
  return { min, max }
}
