import type { Op } from '@depthwise/core'
import { addOptions, mulOptions } from '../schema.ts'
import type { Operand, Operation, Outcome } from './operation.ts'

export function add(operation: Operation): Outcome {
  const activation = operation.activation(operation.optionsIfAny(addOptions))
  return { kind: 'node', ...binary(operation, 'add'), activation }
}

export function mul(operation: Operation): Outcome {
  const activation = operation.activation(operation.optionsIfAny(mulOptions))
  return { kind: 'node', ...binary(operation, 'mul'), activation }
}

function binary(operation: Operation, kind: 'add' | 'mul') {
  const fixed = [0, 1].find(position => operation.isConstant(position))
  if (fixed !== undefined) {
    const operand = operation.operand(1 - fixed)
    return { op: withConstant(operation, kind, fixed, operand), operands: [operand.value] }
  }
  const [a, b] = [operation.operand(0).value, operation.operand(1).value]
  if (a.shape.length !== b.shape.length) {
    throw operation.unsupported('operands of one rank', `[${a.shape}] and [${b.shape}]`)
  }
  return { op: { kind }, operands: [a, b] }
}

/** A scalar or one value a channel, added or multiplied, is what `normalize` does. */
function withConstant(operation: Operation, kind: 'add' | 'mul', position: number, operand: Operand): Op {
  const constant = operation.constant(position)
  const channels = operand.value.shape.at(-1) as number
  const values = operation.reals(constant)
  const [last, ...others] = constant.shape.toReversed()
  const fits = values.length === 1 || (last === channels && others.every(extent => extent === 1))
  if (!fits || constant.shape.length > operand.value.shape.length) {
    const found = `${constant.label} of ${constant.shape.join('x')}`
    throw operation.unsupported(`a constant of one value, or of one for each of ${channels} channels`, found)
  }
  operation.spend(channels)
  const each = Array.from({ length: channels }, (_, c) => values[values.length === 1 ? 0 : c]!)
  return kind === 'add'
    ? { kind: 'normalize', scale: each.map(() => 1), offset: each }
    : { kind: 'normalize', scale: each, offset: each.map(() => 0) }
}
