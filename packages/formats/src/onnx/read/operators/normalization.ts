import { unbounded } from '../../../bounds.ts'
import type { Computed } from '../operand.ts'
import type { Operation } from '../operation.ts'
import { withLast } from '../order.ts'

/** The inference form: channels are axis 1 of ONNX, the last one of ours. */
export function batchNormalization(operation: Operation): Computed {
  const { attributes } = operation
  if (attributes.integer('training_mode', 0) !== 0) {
    throw operation.unsupported('a network for inference', 'one in training mode')
  }
  if (attributes.integer('spatial', 1) === 0) {
    throw operation.unsupported('statistics of whole channels', 'spatial = 0')
  }
  const operand = operation.ordered(0)
  const channels = operand.shape[1]
  if (channels === undefined) throw operation.unsupported('an operand with channels', `[${operand.shape}]`)
  const held = operation.inOrder(operand, withLast(operand.order, 1))
  const [gamma, beta, mean, variance] = ['gamma', 'beta', 'mean', 'variance'].map((role, i) =>
    operation.param(role, [channels], operation.perChannel(1 + i, channels)),
  ) as [string, string, string, string]
  const epsilon = attributes.real('epsilon', 1e-5)
  return operation.mapped({ kind: 'batchNorm', epsilon, gamma, beta, mean, variance }, held, unbounded)
}
