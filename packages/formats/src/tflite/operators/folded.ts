import type { Shape } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'
import type { ConstantTensor } from '../constants.ts'
import type { TensorType } from '../schema.ts'
import type { Operation, Outcome } from './operation.ts'

// Constants that are computed while a file is read: mostly what networks compute about shapes.

type Constant = Extract<Outcome, { readonly kind: 'constant' }>

/** How numbers of a constant are stored: the inverse of what constants.ts decodes. */
const encoders: Partial<
  Record<TensorType, readonly [width: number, write: (view: DataView, at: number, value: number) => void]>
> = {
  FLOAT32: [4, (view, at, value) => view.setFloat32(at, value, true)],
  INT32: [4, (view, at, value) => view.setInt32(at, value, true)],
  INT64: [8, (view, at, value) => view.setBigInt64(at, BigInt(value), true)],
}

/** A short list of numbers as they are: integers, or reals. */
export function numbersOf(operation: Operation, constant: ConstantTensor): readonly number[] {
  const isInteger = constant.quantization === null && (constant.type === 'INT32' || constant.type === 'INT64')
  return isInteger ? operation.integers(constant) : Array.from(operation.reals(constant))
}

/**
 * The result of an operation as a constant.
 * @throws UnsupportedOpError for types other than FLOAT32, INT32 and INT64, and integers beyond 2^53
 */
export function folded(operation: Operation, shape: Shape, values: readonly number[], type: TensorType): Constant {
  const encoder = encoders[type]
  if (!encoder) throw operation.unsupported(`a constant of ${Object.keys(encoders).join(', ')}`, type)
  const [width, write] = encoder
  if (type !== 'FLOAT32' && !values.every(Number.isSafeInteger)) {
    throw operation.unsupported('integers', `${values.find(value => !Number.isSafeInteger(value))}`)
  }
  operation.spend(values.length * width)
  const data = new Uint8Array(values.length * width)
  const view = new DataView(data.buffer)
  for (const [i, value] of values.entries()) write(view, i * width, value)
  return { kind: 'constant', tensor: { ...operation.output, shape, type, data, quantization: null } }
}

/**
 * A constant in another shape.
 * @throws UnsupportedOpError for one with a scale for each index of an axis, which may no longer be one
 */
export function reshapedConstant(operation: Operation, constant: ConstantTensor, shape: Shape): Constant {
  const { data, type, quantization } = constant
  if (elementCount(shape) !== elementCount(constant.shape)) {
    throw operation.malformed(`a shape of ${elementCount(constant.shape)} elements`, `[${shape.slice(0, 8)}]`)
  }
  if (quantization && quantization.scales.length > 1) {
    throw operation.unsupported('a constant with one scale', `${quantization.scales.length} of them`)
  }
  return { kind: 'constant', tensor: { ...operation.output, shape, type, data, quantization } }
}
