import type { Bounds } from '@depthwise/core'
import { activationBounds } from '../bounds.ts'
import { type Activation, softmaxOptions } from '../schema.ts'
import type { Importer, Operation, Outcome } from './operation.ts'

/** An operator that is nothing but an activation: a clamp, if its operand needs one. */
export function activation(name: Activation): Importer {
  const bounds = activationBounds[name] as Bounds
  return operation => ({ kind: 'same', operand: operation.operand(0), activation: bounds })
}

/** Over the last axis. */
export function softmax(operation: Operation): Outcome {
  const operand = operation.operand(0)
  const beta = operation.options(softmaxOptions).float32('beta')
  if (beta !== 1) throw operation.unsupported('a beta of 1', `${beta}`)
  return { kind: 'node', op: { kind: 'softmax' }, operands: [operand.value], bounds: { min: 0, max: 1 } }
}

export function logistic(operation: Operation): Outcome {
  const operand = operation.operand(0)
  return { kind: 'node', op: { kind: 'sigmoid' }, operands: [operand.value], bounds: { min: 0, max: 1 } }
}

/** Values run as reals on either side of QUANTIZE, so that only the range of its result is left of it. */
export function quantize(operation: Operation): Outcome {
  return { kind: 'same', operand: operation.operand(0) }
}

/** Of a constant (float16 or integer weights) it is read where the constant is. */
export function dequantize(operation: Operation): Outcome {
  if (operation.isConstant(0)) return { kind: 'constant', tensor: operation.constant(0) }
  return { kind: 'same', operand: operation.operand(0) }
}
