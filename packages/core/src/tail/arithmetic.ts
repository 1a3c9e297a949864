import {
  applyToByte,
  type ByteType,
  bytePairFunction,
  byteTypeOf,
  concatFactors,
  dequantizeByte,
  joinedByte,
  quantizeReal,
  requantize,
  storedBounds,
} from '../integers/index.ts'
import type { BinaryOperator } from '../ops/binary.ts'
import { clampTo } from '../ops/clamp.ts'
import type { Bounds } from '../ops/definition.ts'
import { roundHalfEven } from '../rounding.ts'
import type { ElementType, Shape, Tensor } from '../tensor.ts'
import { eachPlace, stridesOf, type TailKernel } from './step.ts'
import type { TailBinaryOperator, TailUnaryOperator } from './tail.ts'

type Pair = (a: number, b: number) => number

/** Storing rounds each to float32, and takes int32 modulo 2^32. */
const pairs: { readonly [O in TailBinaryOperator]: Pair } = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  max: Math.max,
  min: Math.min,
  floorDiv: (a, b) => Math.floor(a / b),
  floorMod: (a, b) => a - Math.floor(a / b) * b,
  pow: (a, b) => a ** b,
  squaredDifference: (a, b) => Math.fround(a - b) ** 2,
}

/** Of int32, what doubles do not hold exactly. */
const wholePairs: Partial<Record<TailBinaryOperator, Pair>> = {
  mul: Math.imul,
  squaredDifference: (a, b) => Math.imul(a - b, a - b),
}

/** Arithmetic of two values that broadcast. */
export const binary: TailKernel<'binary'> = ({ operator, activation }, { operands, results }) => {
  const [a, b] = operands as readonly [Tensor, Tensor]
  const [output] = results as readonly [Tensor]
  const compute = clamped(pairOf(operator, a, b, output), activation, output)
  const stridesB = stretched(b.shape, output.shape)
  const places = new Int32Array(output.data.length)
  eachPlace(output.shape, stridesB, (place, at) => {
    places[at] = place
  })
  eachPlace(output.shape, stretched(a.shape, output.shape), (place, at) => {
    output.data[at] = compute(a.data[place]!, b.data[places[at]!]!)
  })
}

function pairOf(operator: TailBinaryOperator, a: Tensor, b: Tensor, output: Tensor): Pair {
  if (output.quantization)
    return bytePairFunction(operator as BinaryOperator, byteTypeOf(a), byteTypeOf(b), byteTypeOf(output))
  return (output.dtype === 'int32' && wholePairs[operator]) || pairs[operator]
}

function clamped(compute: Pair, activation: Bounds | undefined, output: ElementType): Pair {
  if (!activation) return compute
  const { min, max } = output.quantization ? storedBounds(clampTo(activation), byteTypeOf(output)) : activation
  return (a, b) => Math.min(Math.max(compute(a, b), min), max)
}

/** Strides of an operand along the axes of the result, aligned at their last: 0 where it stretches. */
function stretched(operand: Shape, result: Shape): readonly number[] {
  const strides = stridesOf(operand)
  const missing = result.length - operand.length
  return result.map((_, axis) => ((operand[axis - missing] ?? 1) === 1 ? 0 : (strides[axis - missing] as number)))
}

const functions: { readonly [O in TailUnaryOperator]: (x: number) => number } = {
  abs: Math.abs,
  ceil: Math.ceil,
  exp: Math.exp,
  floor: Math.floor,
  log: Math.log,
  neg: x => -x,
  relu: x => Math.max(x, 0),
  round: roundHalfEven,
  rsqrt: x => 1 / Math.fround(Math.sqrt(x)),
  sigmoid: x => 1 / (1 + Math.exp(-x)),
  sqrt: Math.sqrt,
  square: x => x * x,
  tanh: Math.tanh,
}

export const unary: TailKernel<'unary'> = ({ operator }, { operands, results }) => {
  const [input] = operands as readonly [Tensor]
  const [output] = results as readonly [Tensor]
  const compute = output.quantization
    ? ofBytes(input, output, (stored, from, to) => applyToByte({ kind: 'sigmoid' }, stored, from, to))
    : functions[operator]
  for (let i = 0; i < output.data.length; i++) output.data[i] = compute(input.data[i]!)
}

export const cast: TailKernel<'cast'> = (_op, { operands, results }) => {
  const [input] = operands as readonly [Tensor]
  const [output] = results as readonly [Tensor]
  const isInteger = output.dtype !== 'float32'
  for (let i = 0; i < output.data.length; i++) output.data[i] = isInteger ? Math.trunc(input.data[i]!) : input.data[i]!
}

export const convert: TailKernel<'convert'> = (_op, { operands, results }) => {
  const [input] = operands as readonly [Tensor]
  const [output] = results as readonly [Tensor]
  const compute = conversion(input, output)
  for (let i = 0; i < output.data.length; i++) output.data[i] = compute(input.data[i]!)
}

function conversion(from: Tensor, to: Tensor): (stored: number) => number {
  if (from.quantization && to.quantization) return ofBytes(from, to, requantize)
  if (from.quantization) {
    const type = byteTypeOf(from)
    return stored => dequantizeByte(stored, type)
  }
  if (!to.quantization) return value => value
  const type = byteTypeOf(to)
  return real => quantizeReal(real, type)
}

/** How the elements of an operand of `concat` become those of its result. */
export function joined(from: Tensor, to: Tensor): (stored: number) => number {
  if (!from.quantization || !to.quantization) return value => value
  const factors = concatFactors(byteTypeOf(from), byteTypeOf(to))
  return factors ? ofBytes(from, to, (stored, _, type) => joinedByte(stored, factors, type)) : stored => stored
}

/** A function of bytes, computed once for each of the 256. */
function ofBytes(
  from: Tensor,
  to: Tensor,
  compute: (stored: number, from: ByteType, to: ByteType) => number,
): (stored: number) => number {
  const [own, type] = [byteTypeOf(from), byteTypeOf(to)]
  const table = Float64Array.from({ length: 256 }, (_, i) => compute(own.min + i, own, type))
  return stored => table[stored - own.min]!
}
