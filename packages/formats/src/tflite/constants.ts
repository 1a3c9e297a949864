import { FormatError, UnsupportedOpError } from '@depthwise/core'
import { elementCount, formatShape, fromHalf } from '@depthwise/core/backend'
import { inHostOrder } from '../little-endian.ts'
import type { FileTensor } from './file.ts'
import type { TensorQuantization } from './quantization.ts'
import type { TensorType } from './schema.ts'

/** A tensor whose values stand in the file. */
export interface ConstantTensor extends FileTensor {
  readonly data: Uint8Array
}

/** The integers of a quantized constant, in as many bytes as the file has. */
export type StoredIntegers = Int8Array | Uint8Array | Int32Array

interface Encoding<A> {
  /** Bytes of one element. */
  readonly width: number
  /** Memory of its own, which begins with the first element and is in the host's order. */
  readonly decode: (memory: ArrayBuffer) => A
}

const float32: Encoding<Float32Array> = { width: 4, decode: memory => new Float32Array(memory) }
const float16: Encoding<Float32Array> = {
  width: 2,
  decode: memory => Float32Array.from(new Uint16Array(memory), fromHalf),
}
const int32: Encoding<Int32Array> = { width: 4, decode: memory => new Int32Array(memory) }

const real: Partial<Record<TensorType, Encoding<Float32Array>>> = { FLOAT32: float32, FLOAT16: float16 }
const quantized: Partial<Record<TensorType, Encoding<StoredIntegers>>> = {
  INT8: { width: 1, decode: memory => new Int8Array(memory) },
  UINT8: { width: 1, decode: memory => new Uint8Array(memory) },
  INT32: int32,
}
const integer: Partial<Record<TensorType, Encoding<ArrayLike<number>>>> = {
  INT32: int32,
  INT64: { width: 8, decode: memory => Array.from(new BigInt64Array(memory), Number) },
}

/**
 * A constant as reals: floats as they are, integers by their quantization, or by `implied` where they carry none (biases).
 * @throws FormatError when the data's length is not what type and shape ask for, or integers have no scale;
 * UnsupportedOpError for other types
 */
export function readReals(tensor: ConstantTensor, implied: TensorQuantization | null = null): Float32Array {
  const plain = real[tensor.type]
  if (plain) return elements(tensor, plain)
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
export function readStored(tensor: ConstantTensor): StoredIntegers {
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

function elements<A>(tensor: ConstantTensor, { width, decode }: Encoding<A>): A {
  const { data, shape, label } = tensor
  const count = elementCount(shape)
  if (data.length !== count * width) {
    const expected = `${count * width} bytes for ${tensor.type} ${formatShape(shape)}`
    throw new FormatError({ where: label, expected, found: `a buffer of ${data.length}` })
  }
  return decode(inHostOrder(data, width))
}

function dequantize(stored: StoredIntegers, { shape }: ConstantTensor, quantization: TensorQuantization): Float32Array {
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
