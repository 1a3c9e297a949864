import { elementCount } from '@depthwise/core/backend'
import { type Constant, folded, type StoredIntegers } from '../constant.ts'
import type { Operation } from '../operation.ts'
import { checkScale } from './quantization.ts'

// Weights that the file holds as integers, as the reals they stand for.

/**
 * Weights less their zero point, which all share or each channel has its own.
 * @param position of the zero point among the operands
 */
export function centred(operation: Operation, weights: Constant, position: number, axis: number): Constant {
  if (!operation.has(position)) return weights
  const { of } = eachChannel(operation, weights, position, axis)
  return perChannel(weights, axis, (value, channel) => value - of(channel))
}

/** Weights multiplied by a factor for each channel. */
export function multiplied(
  operation: Operation,
  weights: Constant,
  factors: readonly number[],
  axis: number,
): Constant {
  operation.spend(elementCount(weights.shape))
  return perChannel(weights, axis, (value, channel) => value * factors[channel]!)
}

/** Weights of an operator that has their scale and zero point behind them. */
interface DequantizedWeights {
  /** As reals, with the integers that they stand for. */
  readonly weights: Constant
  /** One for each channel. */
  readonly scales: readonly number[]
}

/**
 * @param axis of the channels
 * @param factor what the weights are multiplied by
 */
export function dequantizedWeights(
  operation: Operation,
  position: number,
  axis: number,
  factor = 1,
): DequantizedWeights {
  const given = operation.constant(position)
  const scales = scalesOf(operation, given, position + 1, axis).map(scale => scale * factor)
  const weights = multiplied(operation, centred(operation, given, position + 2, axis), scales, axis)
  if (given.type !== 'INT8' && given.type !== 'UINT8') return { weights, scales }
  const zeroPoint = operation.has(position + 2) ? eachChannel(operation, given, position + 2, axis).of : () => 0
  const isSingle = [position + 1, position + 2].every(
    each => !operation.has(each) || elementCount(operation.constant(each).shape) === 1,
  )
  const own = isSingle ? scales.slice(0, 1) : scales
  const zeroPoints = own.map((_, channel) => zeroPoint(channel))
  const stored: StoredIntegers = { type: given.type, numbers: given.numbers, scales: own, zeroPoints, axis }
  return { weights: { ...weights, stored }, scales }
}

/** One scale for each channel, where all share one too. */
function scalesOf(operation: Operation, weights: Constant, position: number, axis: number): readonly number[] {
  const { count, of } = eachChannel(operation, weights, position, axis)
  for (let channel = 0; channel < count; channel += 1) checkScale(operation, of(channel))
  const channels = weights.shape[axis] ?? 0
  operation.spend(channels)
  return Array.from({ length: channels }, (_, channel) => of(channel))
}

function eachChannel(operation: Operation, weights: Constant, position: number, axis: number) {
  const { shape, numbers } = operation.constant(position)
  const count = elementCount(shape)
  if (count !== 1 && (count !== weights.shape[axis] || shape.length !== 1)) {
    throw operation.unsupported(`one number, or one for each channel, as operand ${position}`, `[${shape}]`)
  }
  const values = numbers()
  return { count, of: (channel: number): number => values[count === 1 ? 0 : channel] as number }
}

/** A constant mapped by the index along an axis, once it is asked for. */
function perChannel(constant: Constant, axis: number, map: (value: number, channel: number) => number): Constant {
  const { shape, label } = constant
  const run = elementCount(shape.slice(axis + 1))
  const channels = shape[axis] ?? 1
  return {
    ...folded(label, 'FLOAT', shape, []),
    numbers: () => Float32Array.from(constant.numbers(), (value, i) => map(value, Math.floor(i / run) % channels)),
  }
}
