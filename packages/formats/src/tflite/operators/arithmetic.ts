import type { Op, Value } from '@depthwise/core'
import type { BinaryOperator } from '@depthwise/core/backend'
import { affineChannels, uniformAffine } from '../../affine.ts'
import { type Arithmetic, arithmeticFunctions } from '../../affine-operators.ts'
import { addOptions, divOptions, mulOptions, type OptionsSchema, subOptions } from '../schema.ts'
import { withRank } from '../view.ts'
import { aligned, ordered, stretched } from './alignment.ts'
import { alongChannels, runsAlongChannels } from './channels.ts'
import { constantOperand, staysBytes } from './constant-operands.ts'
import { folded, numbersOf } from './folded.ts'
import type { Importer, Operation, Outcome } from './operation.ts'

const optionsOf: { readonly [A in Arithmetic]: OptionsSchema<'fused_activation_function'> } = {
  add: addOptions,
  sub: subOptions,
  mul: mulOptions,
  div: divOptions,
}

/** Of two values, or of a value and a constant. */
export function arithmetic(kind: Arithmetic): Importer {
  return operation => {
    const activation = operation.activation(operation.optionsIfAny(optionsOf[kind]))
    const fixed = [0, 1].find(position => operation.isConstant(position))
    const outcome = fixed === undefined ? ofTwo(operation, kind) : withConstant(operation, kind, fixed)
    return { ...outcome, activation }
  }
}

/** Of constants: numbers that a network computes about shapes. */
export function foldArithmetic(kind: Arithmetic | 'floorDiv' | 'min' | 'max'): Importer {
  const functions = {
    ...arithmeticFunctions,
    floorDiv: (a: number, b: number) => Math.floor(a / b),
    min: Math.min,
    max: Math.max,
  }
  return operation => {
    const [a, b] = [operation.constant(0), operation.constant(1)]
    const [left, right] = [numbersOf(operation, a), numbersOf(operation, b)]
    const length = left.length === 1 ? right.length : left.length
    if (right.length !== 1 && right.length !== length) {
      throw operation.unsupported('constants of one length', `[${a.shape}] and [${b.shape}]`)
    }
    const isInteger = a.type !== 'FLOAT32'
    const values = Array.from({ length }, (_, i) => {
      const value = functions[kind](
        left[left.length === 1 ? 0 : i] as number,
        right[right.length === 1 ? 0 : i] as number,
      )
      return isInteger ? Math.trunc(value) : value
    })
    return folded(operation, left.length === 1 && b.shape.length > 0 ? b.shape : a.shape, values, a.type)
  }
}

/**
 * Of reals, a scalar or one value along an axis is what `affine` multiplies by or adds. Every other constant is a value of the graph,
 * and so are bytes.
 */
function withConstant(operation: Operation, kind: Arithmetic, position: number) {
  const operand = operation.operand(1 - position)
  const constant = operation.constant(position)
  if (operation.readsIntegers) {
    if (kind === 'div') throw operation.unsupported('a division of reals', `one of bare ${operand.tensor.type}`)
    return alongChannels(operation, operand, constant, channels => affineOf(operation, kind, channels, position))
  }
  const isAffine = kind !== 'div' || position === 1
  if (!isAffine || staysBytes(constant, operand) || !runsAlongChannels(operand, constant)) {
    return withValue(operation, kind, position)
  }
  return alongChannels(operation, operand, constant, channels => affineOf(operation, kind, channels, position))
}

function affineOf(operation: Operation, kind: Arithmetic, channels: readonly number[], position: number) {
  const affine = affineChannels(kind, channels, position === 0)
  if (!affine) throw operation.unsupported('a constant to divide by', 'a constant divided by a value')
  return affine
}

/** An operator of a computed operand and a constant, which becomes a value beside it. */
export function withValue(operation: Operation, operator: BinaryOperator, position: number) {
  const constant = operation.constant(position)
  const operand = ordered(operation, withRank(operation.operand(1 - position), constant.shape.length))
  const fixed = constantOperand(operation, constant, operand)
  const operands = position === 0 ? [fixed, operand] : [operand, fixed]
  const op: Op = { kind: 'binary', operator }
  return { kind: 'node', op, operands: operands.map(({ value }) => value), held: stretched(operands) } as const
}

/** Differences of reals are sums with the second operand negated. */
function ofTwo(operation: Operation, kind: Arithmetic) {
  if (kind === 'div') throw operation.unsupported('a division by a constant', 'one by a computed operand')
  const operands = aligned(operation, [operation.operand(0), operation.operand(1)])
  const [a, b] = operands.map(({ value }) => value) as [Value, Value]
  const isSubtracted = kind === 'sub' && a.quantization !== undefined && b.quantization !== undefined
  const op: Op = { kind: 'binary', operator: kind === 'mul' || isSubtracted ? kind : 'add' }
  const second = kind === 'sub' && !isSubtracted ? operation.insert(negation(operation, b), [b]) : b
  return { kind: 'node', op, operands: [a, second], held: stretched(operands) } as const
}

/** The sum of any number of operands. */
export function addN(operation: Operation): Outcome {
  const given = Array.from({ length: operation.operandCount }, (_, position) => operation.operand(position))
  const operands = aligned(operation, given)
  const [first, ...others] = operands.map(({ value }) => value) as [Value, ...Value[]]
  const last = others.pop()
  if (!last) return { kind: 'same', operand: operation.operand(0) }
  const sum = others.reduce((sum, value) => operation.insert({ kind: 'binary', operator: 'add' }, [sum, value]), first)
  return { kind: 'node', op: { kind: 'binary', operator: 'add' }, operands: [sum, last], held: stretched(operands) }
}

export function neg(operation: Operation): Outcome {
  const operand = operation.operand(0)
  const { min, max } = operand.bounds
  const { value } = operand
  return {
    kind: 'node',
    op: negation(operation, value),
    operands: [value],
    held: operand,
    bounds: { min: -max, max: -min },
  }
}

function negation(operation: Operation, value: Value): Op {
  const channels = value.shape.at(-1) as number
  operation.spend(channels)
  return uniformAffine(channels, { scale: -1, offset: 0 })
}
