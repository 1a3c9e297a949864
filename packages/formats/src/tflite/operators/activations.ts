import type { Bounds, Op, Value } from '@depthwise/core'
import { elementCount, rangeOfOp, type UnaryOperator } from '@depthwise/core/backend'
import { uniformAffine } from '../../affine.ts'
import { type Emit, leakyRelu as leakyReluOf } from '../../composed.ts'
import { activationBounds } from '../activation-bounds.ts'
import { type Activation, leakyReluOptions, softmaxOptions } from '../schema.ts'
import { withRank } from '../view.ts'
import { withAxisLast } from './alignment.ts'
import { withValue } from './arithmetic.ts'
import { perChannel, restored } from './channels.ts'
import type { Importer, Operand, Operation, Outcome } from './operation.ts'

/** An operator that is nothing but a clamp, if its operand needs one. */
export function clamp(bounds: Bounds): Importer {
  return operation => ({ kind: 'same', operand: operation.operand(0), activation: bounds })
}

export function activation(name: Activation): Importer {
  return clamp(activationBounds[name] as Bounds)
}

/** The smaller, or larger, of a value and a constant: of one number, half a clamp. */
export function limit(kind: 'min' | 'max'): Importer {
  return operation => {
    const fixed = operation.isConstant(0) ? 0 : 1
    const operand = operation.operand(1 - fixed)
    const constant = operation.constant(fixed)
    if (elementCount(constant.shape) !== 1) return withValue(operation, kind, fixed)
    const [value] = operation.reals(constant) as unknown as readonly [number]
    const activation = kind === 'min' ? { min: -Infinity, max: value } : { min: value, max: Infinity }
    return { kind: 'same', operand, activation }
  }
}

/** Over the last axis. */
export function softmax(operation: Operation): Outcome {
  const operand = operation.operand(0)
  const beta = operation.options(softmaxOptions).float32('beta')
  if (beta !== 1) throw operation.unsupported('a beta of 1', `${beta}`)
  const { value } = withAxisLast(operation, operand, operand.shape.length - 1)
  return restored(operation, operand, { kind: 'softmax' }, value, { min: 0, max: 1 })
}

export function logistic(operation: Operation): Outcome {
  const operand = operation.operand(0)
  return { kind: 'node', op: { kind: 'sigmoid' }, operands: [operand.value], held: operand, bounds: { min: 0, max: 1 } }
}

/** A function of each element that no product takes into its store. */
export function unary(operator: UnaryOperator): Importer {
  return operation => {
    const operand = operation.operand(0)
    const op = { kind: 'unary', operator } as const
    return { kind: 'node', op, operands: [operand.value], held: operand, bounds: rangeOfOp(op, operand.bounds) }
  }
}

export function hardSwish(operation: Operation): Outcome {
  const operand = operation.operand(0)
  const op = { kind: 'hardSwish' } as const
  return { kind: 'node', op, operands: [operand.value], held: operand, bounds: rangeOfOp(op, operand.bounds) }
}

/** One slope, which is an option. */
export function leakyRelu(operation: Operation): Outcome {
  const operand = operation.operand(0)
  const alpha = operation.optionsIfAny(leakyReluOptions)?.float32('alpha') ?? 0
  if (!Number.isFinite(alpha)) throw operation.malformed('a finite alpha', `${alpha}`)
  const channels = operand.value.shape.at(-1) as number
  operation.spend(channels)
  return sloped(operation, operand, operand.value, new Array<number>(channels).fill(alpha))
}

/** One slope a channel, or one for all, which are a constant. */
export function prelu(operation: Operation): Outcome {
  const slopes = operation.constant(1)
  const operand = withRank(operation.operand(0), slopes.shape.length)
  const { value, numbers } = perChannel(operation, operand, slopes)
  return sloped(operation, operand, value, numbers)
}

function sloped(operation: Operation, operand: Operand, value: Value, slopes: readonly number[]): Outcome {
  const { op, operands } = lastStep(operation, emit => leakyReluOf(value, slopes, emit))
  if (value === operand.value) return { kind: 'node', op, operands, held: operand }
  const sum = operation.insert(op, operands)
  const back = { kind: 'reshape', target: operand.value.shape.slice(1) } as const
  return { kind: 'node', op: back, operands: [sum], held: operand }
}

interface Step {
  readonly op: Op
  readonly operands: readonly Value[]
}

/** Adds the nodes of a composed function but for the last, which is left for the outcome. */
function lastStep(operation: Operation, compose: (emit: Emit) => Value): Step {
  const last: Step[] = []
  compose((op, operands, role) => {
    if (role !== null) return operation.insert(op, operands)
    last.push({ op, operands })
    return operands[0] as Value
  })
  return last[0] as Step
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

/** Integers as the numbers that are stored, whatever scale they have; the other way round values would have to be cut off. */
export function cast(operation: Operation): Outcome {
  const operand = operation.operand(0)
  const { type, quantization } = operation.output
  const isToReals = type === 'FLOAT32'
  if (!isToReals && (!operation.readsIntegers || quantization)) {
    const found = `${operand.tensor.type} to ${type}${quantization ? ' with a scale' : ''}`
    throw operation.unsupported('a cast to FLOAT32, or between integers without a scale', found)
  }
  const [scale = 1] = operand.tensor.quantization?.scales ?? []
  const [zeroPoint = 0] = operand.tensor.quantization?.zeroPoints ?? []
  if (scale === 1 && zeroPoint === 0) return { kind: 'same', operand }
  const channels = operand.value.shape.at(-1) as number
  operation.spend(channels)
  const op = uniformAffine(channels, { scale: 1 / scale, offset: zeroPoint })
  return { kind: 'node', op, operands: [operand.value], held: operand }
}
