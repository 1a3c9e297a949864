import type { Bounds } from '@depthwise/core'
import { clampedBounds, elementCount, rangeOfOp, type UnaryOperator } from '@depthwise/core/backend'
import { clampOp, contains, isUnbounded } from '../../../bounds.ts'
import type { Computed, Known, Operand } from '../operand.ts'
import type { Importer, Operation } from '../operation.ts'
import { withLast } from '../order.ts'
import { withConstantValue } from './constant-values.ts'

/** Clamps, unless the values keep to the interval already. */
export function clamped(operation: Operation, operand: Computed, bounds: Bounds, slack = 0): Computed {
  if (isUnbounded(bounds) || contains(bounds, operand.bounds, slack)) return operand
  return operation.mapped(clampOp(bounds), operand, clampedBounds(operand.bounds, bounds))
}

export function relu(operation: Operation): Computed {
  return clamped(operation, operation.reals(0), { min: 0, max: Infinity })
}

/** Bounds are attributes before operator set 11, the largest floats where there is none. */
export function clip(operation: Operation): Computed {
  const largest = 3.4028234663852886e38
  const read = (position: number, name: string, otherwise: number): number => {
    if (operation.opset < 11) return operation.attributes.real(name, otherwise)
    return operation.has(position) ? operation.scalar(position) : otherwise
  }
  const [min, max] = [read(1, 'min', -largest), read(2, 'max', largest)]
  return clamped(operation, operation.reals(0), {
    min: min <= -largest ? -Infinity : min,
    max: max >= largest ? Infinity : max,
  })
}

/** The smaller, or larger, of a value and a constant: of one number, half a clamp. */
export function min(operation: Operation): Computed {
  return half(operation, 'min', limit => ({ min: -Infinity, max: limit }))
}
export function max(operation: Operation): Computed {
  return half(operation, 'max', limit => ({ min: limit, max: Infinity }))
}

function half(operation: Operation, operator: 'min' | 'max', bounds: (limit: number) => Bounds): Computed {
  const position = operation.operand(0).kind === 'constant' ? 0 : 1
  const constant = operation.constant(position)
  if (elementCount(constant.shape) !== 1) {
    return withConstantValue(operation, operator, operation.ordered(1 - position), constant, position)
  }
  return clamped(operation, operation.reals(1 - position), bounds(constant.numbers()[0] as number))
}

export function sigmoid(operation: Operation): Computed {
  return operation.mapped({ kind: 'sigmoid' }, operation.reals(0), { min: 0, max: 1 })
}

/** A function of each element that no product takes into its store. */
export function unary(operator: UnaryOperator): Importer {
  return operation => {
    const operand = operation.reals(0)
    const op = { kind: 'unary', operator } as const
    return operation.mapped(op, operand, rangeOfOp(op, operand.bounds))
  }
}

/** Over one axis; before operator set 13 over all axes from the given one on, of which only one may have several elements. */
export function softmax(
  operation: Operation,
  operand: Computed = operation.ordered(0),
  opset: number = operation.opset,
): Computed {
  const { shape, order } = operand
  const old = opset < 13
  const axis = operation.axis(operation.attributes.integer('axis', old ? 1 : -1), shape.length)
  const axes = old ? shape.map((_, i) => i).slice(axis) : [axis]
  const long = axes.filter(each => shape[each] !== 1)
  if (long.length > 1) throw operation.unsupported('a softmax over one axis', `axes ${long} of [${shape}]`)
  const rows = operation.inOrder(operand, withLast(order, long[0] ?? axis))
  return operation.mapped({ kind: 'softmax' }, rows, { min: 0, max: 1 })
}

/** The identity at inference; the ratio is an attribute before operator set 12. */
export function dropout(operation: Operation): Operand {
  const operand = operation.operand(0)
  if (operation.opset >= 12 && operation.has(2) && operation.scalar(2) !== 0) {
    throw operation.unsupported('a network for inference', 'one in training mode')
  }
  if (operand.kind === 'constant') return operand
  const rate =
    operation.opset < 12 ? operation.attributes.real('ratio', 0.5) : operation.has(1) ? operation.scalar(1) : 0.5
  return operation.mapped({ kind: 'dropout', rate }, operation.reals(0), operand.bounds)
}

/** Whatever the operand is, also what is not computed yet. */
export function identity(operation: Operation): Known {
  return operation.known(0) ?? operation.operand(0)
}
