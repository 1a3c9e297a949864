import { type Node, UnsupportedOpError } from '@depthwise/core'
import { type Activation, describeOp, nodeLabel } from '@depthwise/core/backend'

/**
 * What a peer calls an activation of MobileNets: the only two that its fused ops are asked for here.
 * @throws UnsupportedOpError naming the node, for any other
 */
export function rectifierOf(op: Activation, node: Node): 'relu' | 'relu6' {
  if (op.kind === 'clamp' && op.min === 0 && op.max === 6) return 'relu6'
  if (op.kind === 'clamp' && op.min === 0 && op.max === Number.POSITIVE_INFINITY) return 'relu'
  const expected = 'ReLU, ReLU6 or no activation'
  throw new UnsupportedOpError({ where: nodeLabel(node), expected, found: describeOp(op) })
}
