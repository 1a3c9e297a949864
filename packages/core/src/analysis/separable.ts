import type { Node } from '../graph/graph.ts'
import type { Op } from '../ops/table.ts'
import { type DepthwiseOp, isDepthwise, isPointwise, type PointwiseOp } from './convolution-kinds.ts'
import type { ExclusiveNodes } from './exclusive-values.ts'

/** A depthwise separable convolution: the filtered value goes to the pointwise convolution and nowhere else. */
export interface Separable {
  readonly depthwise: Node<DepthwiseOp>
  readonly pointwise: Node<PointwiseOp>
}

/** The node, typed by its op, where `guard` accepts that op; else null. */
export function nodeIf<O extends Op>(node: Node | null, guard: (op: Op) => op is O): Node<O> | null {
  return node && guard(node.op) ? (node as Node<O>) : null
}

/**
 * Whether a depthwise convolution may be computed together with its reader, its value never stored: nothing is added to that
 * value, since the shortcut would be one more operand to read inside.
 */
export function isInnerDepthwise(op: Op): op is DepthwiseOp {
  return isDepthwise(op) && !op.residual
}

/** The separable convolution that ends in a node, if one does. */
export function separableAt(node: Node, exclusive: ExclusiveNodes): Separable | null {
  const pointwise = nodeIf(node, isPointwise)
  const depthwise = pointwise && nodeIf(exclusive(node.inputs[0]), isInnerDepthwise)
  return depthwise && { depthwise, pointwise }
}
