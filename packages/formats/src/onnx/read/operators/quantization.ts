import {
  clampedBounds,
  elementCount,
  type PerTensorQuantization,
  roundHalfEven,
  sameShape,
} from '@depthwise/core/backend'
import { uniformAffine } from '../../../affine.ts'
import type { DataType } from '../../schema.ts'
import { type Constant, dataTypeName, dequantizedConstant, folded, type StoredIntegers } from '../constant.ts'
import { type Computed, describe, type Known, type MeasuredIntegers, type Operand } from '../operand.ts'
import type { Operation } from '../operation.ts'
import { clamped } from './activations.ts'

const ranges: Partial<Record<DataType, readonly [min: number, max: number]>> = {
  UINT8: [0, 255],
  INT8: [-128, 127],
  UINT16: [0, 65535],
  INT16: [-32768, 32767],
}

/** The types of integers that may be kept. */
const dtypes: Partial<Record<DataType, 'int8' | 'uint8'>> = { UINT8: 'uint8', INT8: 'int8' }

/**
 * Values become integers where these are kept; else they run on as reals, clamped to those the integers can hold. A constant is
 * rounded as the file asks.
 */
export function quantizeLinear(operation: Operation): Operand {
  const type = operation.has(2) ? operation.constant(2).type : 'UINT8'
  const range = rangeOf(operation, type)
  const operand = operation.operand(0)
  if (operand.kind === 'constant') {
    const rounded = perElement(operand, quantizationAlong(operation, operand), (value, scale, zeroPoint) => {
      return Math.min(Math.max(roundHalfEven(value / scale) + zeroPoint, range[0]), range[1])
    })
    return folded(operation.label, type, operand.shape, rounded)
  }
  return counted(operation, operation.reals(0), oneQuantization(operation), type)
}

function rangeOf(operation: Operation, type: DataType): readonly [min: number, max: number] {
  const range = ranges[type]
  if (range) return range
  throw operation.unsupported(Object.keys(ranges).join(', '), type)
}

/** Reals as integers of a scale, or clamped to what these can hold. */
function counted(
  operation: Operation,
  operand: Computed,
  { scale, zeroPoint }: PerTensorQuantization,
  type: DataType,
): Computed {
  const [min, max] = rangeOf(operation, type).map(stored => (stored - zeroPoint) * scale) as [number, number]
  const dtype = dtypes[type]
  if (operation.keepsIntegers && dtype) {
    const elements = { scale, zeroPoint }
    const value = operation.emit({ kind: 'quantize' }, [operand.value], { dtype, quantization: elements })
    return { ...operand, value, bounds: clampedBounds(operand.bounds, { min, max }), elements }
  }
  // A clamp that would move values by no more than the step the integers round to is left out.
  return { ...clamped(operation, operand, { min, max }, scale), elements: { scale, zeroPoint } }
}

/** Reals as the integers that operands from `position` on say: a scale, and a zero point of their type. */
export function requantized(operation: Operation, operand: Computed, position: number): Computed {
  const type = operation.has(position + 1) ? operation.constant(position + 1).type : 'UINT8'
  return counted(operation, operand, oneQuantization(operation, position), type)
}

/** The reals that integers stand for by the scale and zero point behind them. */
export function dequantized(operation: Operation, position: number): Computed {
  const operand = operation.computed(position)
  const { elements } = operand
  const given = oneQuantization(operation, position + 1)
  if (elements === 'integer') {
    return fromIntegers(operation, operand, given.scale, -given.zeroPoint * given.scale, 'real')
  }
  if (elements === 'real') throw operation.malformed(`an operand ${position} of integers`, 'one of reals')
  checkSame(operation, elements, given)
  return operation.inReals(operand)
}

/** A constant of integers, as the reals they stand for by the scale and zero point behind it. */
export function constantReals(operation: Operation, position: number): Constant {
  const constant = operation.constant(position)
  const { label, shape, numbers } = constant
  const { scale, zeroPoint } = oneQuantization(operation, position + 1)
  const compute = (): Float32Array => {
    operation.spend(elementCount(shape))
    return Float32Array.from(numbers(), value => (value - zeroPoint) * scale)
  }
  if (!isStored(constant)) return folded(label, 'FLOAT', shape, compute())
  const stored = { type: constant.type, numbers, scales: [scale], zeroPoints: [zeroPoint], axis: 0 }
  return dequantizedConstant(label, shape, stored, compute)
}

function checkSame(
  operation: Operation,
  elements: PerTensorQuantization | MeasuredIntegers,
  given: PerTensorQuantization,
): void {
  if (!('by' in elements) && elements.scale === given.scale && elements.zeroPoint === given.zeroPoint) return
  const expected = 'by' in elements ? `those of ${elements.by.label}` : `${elements.scale} and ${elements.zeroPoint}`
  const found = `${given.scale} and ${given.zeroPoint}`
  throw operation.unsupported(`the scale and zero point of its QuantizeLinear, ${expected}`, found)
}

/** What a QuantizeLinear counted may be real already; integers and constants become so here. */
export function dequantizeLinear(operation: Operation): Operand {
  const operand = operation.operand(0)
  if (operand.kind === 'constant') {
    const along = quantizationAlong(operation, operand)
    const compute = () => Float32Array.from(perElement(operand, along, (value, scale, zero) => (value - zero) * scale))
    return isStored(operand)
      ? dequantizedConstant(
          operation.label,
          operand.shape,
          { type: operand.type, numbers: operand.numbers, ...along },
          compute,
        )
      : folded(operation.label, 'FLOAT', operand.shape, compute())
  }
  const { elements } = operand
  if (typeof elements !== 'string' && 'by' in elements) return fromMeasured(operation, operand, elements)
  const { scale, zeroPoint } = oneQuantization(operation)
  if (elements === 'integer') return fromIntegers(operation, operand, scale, -zeroPoint * scale)
  if (elements === 'real') throw operation.malformed('an operand of integers', 'one of reals')
  checkSame(operation, elements, { scale, zeroPoint })
  if (!operand.value.quantization) return { ...operand, elements: 'real' }
  return { ...operand, value: operation.emit({ kind: 'dequantize' }, [operand.value]), elements: 'real' }
}

type Integers = Constant & Pick<StoredIntegers, 'type'>

const isStored = (constant: Constant): constant is Integers => /^(U?INT8|INT32)$/.test(constant.type)

/** The results of a DynamicQuantizeLinear besides its integers, which are the operands of a DequantizeLinear at the same places. */
export const measuredRoles = [
  [1, 'scale'],
  [2, 'zero point'],
] as const

function fromMeasured(operation: Operation, operand: Computed, { by }: MeasuredIntegers): Computed {
  for (const [position, role] of measuredRoles) {
    const given = operation.known(position)
    const isOwn = given?.kind === 'measured' && given.by === by && given.role === role && given.factors.length === 0
    if (!isOwn) throw operation.unsupported(`the ${role} of ${by.label}`, given ? describe(given) : 'none')
  }
  return { ...operand, elements: 'real' }
}

/** Only the type changes: of a constant, or of an input's integers, which become reals. */
export function cast(operation: Operation): Known {
  const to = operation.attributes.integer('to', 0)
  const type = dataTypeName(to)
  if (!type) throw operation.malformed('a type to cast to', `${to}`)
  const isReal = type === 'FLOAT' || type === 'FLOAT16' || type === 'DOUBLE' || type === 'BFLOAT16'
  const known = operation.known(0)
  if (isReal && (known?.kind === 'product' || known?.kind === 'measured')) return known
  const operand = operation.operand(0)
  if (operand.kind === 'constant') {
    const numbers = operand.numbers()
    return folded(operation.label, type, operand.shape, isReal ? numbers : Array.from(numbers, Math.trunc))
  }
  if (!isReal) throw operation.unsupported('a cast to reals', type)
  if (operand.elements === 'integer') return fromIntegers(operation, operand, 1, 0)
  return operation.reals(0)
}

/**
 * `affine` is what takes integers in.
 * @param role names a node on the way to the result
 */
export function fromIntegers(
  operation: Operation,
  operand: Computed,
  scale: number,
  offset: number,
  role?: string,
): Computed {
  const channels = operand.value.shape.at(-1) as number
  operation.spend(channels)
  const op = uniformAffine(channels, { scale, offset })
  if (role === undefined) return { ...operation.mapped(op, operand), elements: 'real' }
  return { ...operand, value: operation.insert(role, op, [operand.value]), elements: 'real' }
}

function oneQuantization(operation: Operation, position = 1): PerTensorQuantization {
  const scale = operation.scalar(position)
  const zeroPoint = operation.has(position + 1) ? operation.scalar(position + 1) : 0
  checkScale(operation, scale)
  return { scale, zeroPoint }
}

/** The scale and zero point of a constant: of all its elements, or of their index along an axis (by default 1). */
function quantizationAlong(
  operation: Operation,
  { shape }: Constant,
): Pick<StoredIntegers, 'scales' | 'zeroPoints' | 'axis'> {
  const scales = operation.constant(1)
  const zeroPoints = operation.has(2) ? operation.constant(2) : null
  const count = elementCount(scales.shape)
  if (operation.attributes.integer('block_size', 0) !== 0) throw operation.unsupported('a scale an axis', 'blocks')
  // One of either may be a scalar or a list: onnxruntime's quantiser gives biases a list of one scale and a scalar.
  const isPaired =
    !zeroPoints || sameShape(zeroPoints.shape, scales.shape) || (count === 1 && elementCount(zeroPoints.shape) === 1)
  if (!isPaired) {
    throw operation.malformed('a zero point for each scale', `[${zeroPoints.shape}] for [${scales.shape}]`)
  }
  const axis = count === 1 ? 0 : operation.axis(operation.attributes.integer('axis', 1), shape.length)
  if (count !== 1 && shape[axis] !== count) {
    throw operation.malformed(`one scale, or one along axis ${axis} of [${shape}]`, `${count}`)
  }
  const [scaleOf, zeroOf] = [Array.from(scales.numbers()), zeroPoints && Array.from(zeroPoints.numbers())]
  for (const scale of scaleOf) checkScale(operation, scale)
  operation.spend(elementCount(shape))
  return { scales: scaleOf, zeroPoints: zeroOf ?? scaleOf.map(() => 0), axis }
}

function perElement(
  { shape, numbers }: Constant,
  { scales, zeroPoints, axis }: Pick<StoredIntegers, 'scales' | 'zeroPoints' | 'axis'>,
  map: (value: number, scale: number, zeroPoint: number) => number,
): Float64Array {
  const run = elementCount(shape.slice(axis + 1))
  return Float64Array.from(numbers(), (value, i) => {
    const channel = scales.length === 1 ? 0 : Math.floor(i / run) % scales.length
    return map(value, scales[channel]!, zeroPoints[channel]!)
  })
}

export function checkScale(operation: Operation, scale: number): void {
  if (!(scale > 0 && scale < Infinity)) throw operation.malformed('positive finite scales', `${scale}`)
}
