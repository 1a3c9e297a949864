import { FormatError, UnsupportedOpError } from '@depthwise/core'
import { elementCount, formatShape, fromHalf } from '@depthwise/core/backend'
import type { FileTensor } from './file.ts'
import type { TensorQuantization } from './quantization.ts'
import type { TensorType } from './schema.ts'

/** A tensor whose values stand in the file. */
export interface ConstantTensor extends FileTensor {
  readonly data: Uint8Array
}

type Decoder = (view: DataView, at: number) => number

interface Encoding {
  /** Bytes of one element. */
  readonly width: number
  readonly decode: Decoder
}

const float32: Encoding = { width: 4, decode: (view, at) => view.getFloat32(at, true) }
const float16: Encoding = { width: 2, decode: (view, at) => fromHalf(view.getUint16(at, true)) }
const int8: Encoding = { width: 1, decode: (view, at) => view.getInt8(at) }
const uint8: Encoding = { width: 1, decode: (view, at) => view.getUint8(at) }
const int32: Encoding = { width: 4, decode: (view, at) => view.getInt32(at, true) }
const int64: Encoding = { width: 8, decode: (view, at) => Number(view.getBigInt64(at, true)) }

const real: Partial<Record<TensorType, Encoding>> = { FLOAT32: float32, FLOAT16: float16 }
const quantized: Partial<Record<TensorType, Encoding>> = { INT8: int8, UINT8: uint8, INT32: int32 }
const integer: Partial<Record<TensorType, Encoding>> = { INT32: int32, INT64: int64 }

/**
 * A constant as reals: floats as they are, integers by their quantization, or by `implied` where they carry none (biases).
 * @throws FormatError when the data's length is not what type and shape ask for, or integers have no scale;
 * UnsupportedOpError for other types
 */
export function readReals(tensor: ConstantTensor, implied: TensorQuantization | null = null): Float32Array {
  const plain = real[tensor.type]
  if (plain) return Float32Array.from(elements(tensor, plain))
  const stored = quantized[tensor.type]
  if (!stored) throw unsupportedType(tensor, [...Object.keys(real), ...Object.keys(quantized)])
  const quantization = tensor.quantization ?? implied
  if (!quantization) throw new FormatError({ where: tensor.label, expected: 'a scale', found: `bare ${tensor.type}` })
  return dequantize(elements(tensor, stored), tensor, quantization)
}

/**
 * The integers of a quantized constant, without what they stand for.
 * @throws FormatError or UnsupportedOpError as `readReals` does
 */
export function readStored(tensor: ConstantTensor): Float64Array {
  const encoding = quantized[tensor.type]
  if (!encoding) throw unsupportedType(tensor, Object.keys(quantized))
  return elements(tensor, encoding)
}

/**
 * A short list of integers: axes, paddings, a shape.
 * @throws FormatError or UnsupportedOpError as `readReals` does
 */
export function readIntegers(tensor: ConstantTensor): readonly number[] {
  const encoding = integer[tensor.type]
  if (!encoding) throw unsupportedType(tensor, Object.keys(integer))
  return Array.from(elements(tensor, encoding))
}

function elements(tensor: ConstantTensor, { width, decode }: Encoding): Float64Array {
  const { data, shape, label } = tensor
  const count = elementCount(shape)
  if (data.length !== count * width) {
    const expected = `${count * width} bytes for ${tensor.type} ${formatShape(shape)}`
    throw new FormatError({ where: label, expected, found: `a buffer of ${data.length}` })
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const values = new Float64Array(count)
  for (let i = 0; i < count; i += 1) values[i] = decode(view, i * width)
  return values
}

function dequantize(stored: Float64Array, { shape }: ConstantTensor, quantization: TensorQuantization): Float32Array {
  const { scales, zeroPoints, axis } = quantization
  // Elements that follow one another along the axes inside the quantized one share its index.
  const run = elementCount(shape.slice(axis + 1))
  const reals = new Float32Array(stored.length)
  for (let i = 0; i < stored.length; i += 1) {
    const channel = scales.length === 1 ? 0 : Math.floor(i / run) % scales.length
    reals[i] = (stored[i]! - zeroPoints[channel]!) * scales[channel]!
  }
  return reals
}

function unsupportedType(tensor: ConstantTensor, expected: readonly string[]): UnsupportedOpError {
  return new UnsupportedOpError({ where: tensor.label, expected: expected.join(', '), found: tensor.type })
}
