import { clampTo, type OpOf, rangeOfOp } from '@depthwise/core/backend'
import { uniformAffine } from '../../../affine.ts'
import { unbounded } from '../../../bounds.ts'
import { type Emit, leakyRelu as leakyReluOf } from '../../../composed.ts'
import { folded } from '../constant.ts'
import type { Computed, Operand } from '../operand.ts'
import type { Operation } from '../operation.ts'
import { alongChannels, type Channels } from './arithmetic.ts'

// Functions of one value in pieces that are straight: composed of the ops core has.

/** `alpha * x` below 0. */
export function leakyRelu(operation: Operation, operand: Computed = operation.reals(0)): Computed {
  const channels = operand.value.shape.at(-1) as number
  operation.spend(channels)
  return steps(operation, operand, new Array<number>(channels).fill(operation.attributes.real('alpha', 0.01)))
}

/** The same with a slope for each channel, or one for all. */
export function prelu(operation: Operation): Computed {
  const { held, constants }: Channels = alongChannels(operation, operation.ordered(0), operation.constant(1))
  return steps(operation, held, constants)
}

function steps(operation: Operation, operand: Computed, slopes: readonly number[]): Computed {
  return { ...operand, value: leakyReluOf(operand.value, slopes, emitOf(operation)), bounds: unbounded }
}

function emitOf(operation: Operation): Emit {
  return (op, operands, role) => (role === null ? operation.emit(op, operands) : operation.insert(role, op, operands))
}

/** `alpha * x + beta`, from 0 to 1. */
export function hardSigmoid(operation: Operation): Computed {
  const { attributes } = operation
  const operand = operation.reals(0)
  const line = straight(operation, operand, attributes.real('alpha', 0.2), attributes.real('beta', 0.5))
  const value = operation.emit(clampTo({ min: 0, max: 1 }), [operation.insert('line', line, [operand.value])])
  return { ...operand, value, bounds: { min: 0, max: 1 } }
}

export function hardSwish(operation: Operation): Computed {
  const operand = operation.reals(0)
  const op = { kind: 'hardSwish' } as const
  return { ...operand, value: operation.emit(op, [operand.value]), bounds: rangeOfOp(op, operand.bounds) }
}

export function neg(operation: Operation): Operand {
  const operand = operation.operand(0)
  if (operand.kind === 'constant') {
    const values = Array.from(operand.numbers(), value => -value)
    return folded(operation.label, operand.type, operand.shape, values)
  }
  const reals = operation.reals(0)
  const bounds = { min: -reals.bounds.max, max: -reals.bounds.min }
  return operation.mapped(straight(operation, reals, -1, 0), reals, bounds)
}

function straight(operation: Operation, { value }: Computed, scale: number, offset: number): OpOf<'affine'> {
  const channels = value.shape.at(-1) as number
  operation.spend(channels)
  return uniformAffine(channels, { scale, offset })
}
