import type { Op, Value } from '@depthwise/core'
import { affineChannels, uniformAffine } from '../../affine.ts'
import { type Arithmetic, arithmeticFunctions } from '../../affine-operators.ts'
import { addOptions, divOptions, mulOptions, type OptionsSchema, subOptions } from '../schema.ts'
import { aligned, stretched } from './alignment.ts'
import { alongChannels } from './channels.ts'
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

/** A scalar or one value a channel is what `affine` multiplies by or adds. */
function withConstant(operation: Operation, kind: Arithmetic, position: number) {
  const operand = operation.operand(1 - position)
  if (operation.readsIntegers && kind === 'div') {
    throw operation.unsupported('a division of reals', `one of bare ${operand.tensor.type}`)
  }
  return alongChannels(operation, operand, operation.constant(position), channels => {
    const affine = affineChannels(kind, channels, position === 0)
    if (!affine) throw operation.unsupported('a constant to divide by', 'a constant divided by a value')
    return affine
  })
}

/** Differences are sums with the second operand negated. */
function ofTwo(operation: Operation, kind: Arithmetic) {
  if (kind === 'div') throw operation.unsupported('a division by a constant', 'one by a computed operand')
  const operands = aligned(operation, [operation.operand(0), operation.operand(1)])
  const [a, b] = operands.map(({ value }) => value) as [Value, Value]
  const op: Op = { kind: 'binary', operator: kind === 'mul' ? 'mul' : 'add' }
  const second = kind === 'sub' ? operation.insert(negation(operation, b), [b]) : b
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
