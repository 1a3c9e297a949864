import type { Value } from '@depthwise/core'
import { sameShape } from '@depthwise/core/backend'
import { affineChannels, uniformAffine } from '../../../affine.ts'
import type { Arithmetic } from '../../../affine-operators.ts'
import { unbounded } from '../../../bounds.ts'
import type { Constant } from '../constant.ts'
import type { Computed, Known } from '../operand.ts'
import type { Operation } from '../operation.ts'
import { holdsAlike, withLast } from '../order.ts'
import { ofConstants } from './constant-arithmetic.ts'
import { staysBytes, withConstantValue } from './constant-values.ts'
import { deferredArithmetic } from './deferred.ts'

/** Add, Sub, Mul and Div, of constants, values, or both. */
export function arithmetic(operation: Operation, operator: Arithmetic): Known {
  const deferred = deferredArithmetic(operation, operator)
  if (deferred) return deferred
  const [a, b] = [operation.operand(0), operation.operand(1)]
  if (a.kind === 'constant' && b.kind === 'constant') return ofConstants(operation, operator, a, b)
  if (a.kind === 'constant') return withConstant(operation, operator, operation.ordered(1), a, 0)
  if (b.kind === 'constant') return withConstant(operation, operator, operation.ordered(0), b, 1)
  if (operator === 'div') throw operation.unsupported('a constant divisor', 'one that the graph computes')
  return combined(operation, operator, operation.ordered(0), operation.ordered(1))
}

/**
 * A scalar or one number along an axis is what `affine` multiplies by or adds. Every other constant is a value of the graph, and so
 * are bytes.
 */
export function withConstant(
  operation: Operation,
  operator: Arithmetic,
  operand: Computed,
  constant: Constant,
  position: number,
): Computed {
  const isQuotient = operator === 'div' && position === 0
  if (isQuotient || staysBytes(operation, constant) || !runsAlongChannels(operand, constant)) {
    return withConstantValue(operation, operator, operand, constant, position)
  }
  const { held, constants } = alongChannels(operation, operand, constant)
  const attributes = affineChannels(operator, constants, position === 0) as AffineChannels
  return operation.mapped({ kind: 'affine', ...attributes }, held)
}

type AffineChannels = NonNullable<ReturnType<typeof affineChannels>>

/** Whether a constant is a single number, or runs along one axis that can be held last. */
function runsAlongChannels({ shape, order }: Computed, { shape: given }: Constant): boolean {
  const missing = shape.length - given.length
  const [axis, ...others] = given.flatMap((extent, i) => (extent === 1 ? [] : [i + missing]))
  if (axis === undefined) return missing >= 0
  const isOne = missing >= 0 && others.length === 0 && shape[axis] === given[axis - missing]
  return isOne && axis !== order[0] && holdsAlike(shape, order, withLast(order, axis))
}

/** A value whose channels are an axis that a constant runs along, and the constant's number for each. */
export interface Channels {
  readonly held: Computed
  readonly constants: readonly number[]
}

/** A constant of one number, or along one axis, which becomes the channels of the value. */
export function alongChannels(operation: Operation, operand: Computed, constant: Constant): Channels {
  const axis = channelAxis(operation, operand, constant)
  const held = operation.inOrder(operand, withLast(operand.order, axis))
  const channels = held.value.shape.at(-1) as number
  operation.spend(channels)
  const numbers = constant.numbers()
  const constants = Array.from({ length: channels }, (_, c) => numbers[numbers.length === 1 ? 0 : c] as number)
  return { held, constants }
}

/** The axis of a value that a constant's numbers run along; for a single number any will do. */
function channelAxis(operation: Operation, { shape, order }: Computed, { shape: given, label }: Constant): number {
  const missing = shape.length - given.length
  const long = given.flatMap((extent, axis) => (extent === 1 ? [] : [axis + missing]))
  const [axis = null] = long
  const fits = missing >= 0 && long.length <= 1 && (axis === null || shape[axis] === given[axis - missing])
  if (!fits)
    throw operation.unsupported(`a constant of one number, or along one axis of [${shape}]`, `${label} of [${given}]`)
  return axis ?? (order.at(-1) as number)
}

/** Two values, one of which may be stretched. Core adds and multiplies; what is subtracted is added times -1. */
export function combined(operation: Operation, operator: 'add' | 'sub' | 'mul', a: Computed, b: Computed): Computed {
  if (a.shape.length !== b.shape.length) {
    throw operation.unsupported('operands of one rank', `[${a.shape}] and [${b.shape}]`)
  }
  const [left, right] = operation.inOneOrder([a, b]) as [Computed, Computed]
  const second = operator === 'sub' ? negated(operation, right) : right.value
  const value = operation.emit({ kind: 'binary', operator: operator === 'mul' ? 'mul' : 'add' }, [left.value, second])
  const shape = a.shape.map((extent, axis) => Math.max(extent, b.shape[axis] as number))
  return { ...left, value, shape, bounds: unbounded }
}

function negated(operation: Operation, { value }: Computed): Value {
  const channels = value.shape.at(-1) as number
  operation.spend(channels)
  return operation.insert('negated', uniformAffine(channels, { scale: -1, offset: 0 }), [value])
}

/** Of any number of values, or of values and constants; of one it is that one. */
export function sum(operation: Operation): Known {
  const [first, second] = [operation.known(0), operation.known(1)]
  if (operation.operandCount === 1) return first ?? operation.operand(0)
  if (operation.operandCount === 2 && second) return arithmetic(operation, 'add')
  const operands = Array.from({ length: operation.operandCount }, (_, position) => operation.ordered(position))
  const [held, ...others] = operation.inOneOrder(operands) as [Computed, ...Computed[]]
  if (others.some(({ shape }) => !sameShape(shape, held.shape))) {
    throw operation.unsupported(
      'operands of one shape',
      operands
        .map(({ shape }) => `[${shape}]`)
        .slice(0, 8)
        .join(', '),
    )
  }
  const value = others.reduce((total, { value }, i) => {
    const operands = [total, value]
    return i === others.length - 1
      ? operation.emit({ kind: 'binary', operator: 'add' }, operands)
      : operation.insert(`sum${i}`, { kind: 'binary', operator: 'add' }, operands)
  }, held.value)
  return { ...held, value, bounds: unbounded }
}
