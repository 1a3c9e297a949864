import type { Tensor } from '@depthwise/core'
import {
  type ByteOp,
  type ByteType,
  bytePairFunction,
  byteTable,
  dequantizeByte,
  quantizeReal,
} from '@depthwise/core/integers'
import { stretched } from '../kernels/elementwise.ts'
import { type QuantizedCall, type QuantizedKernel, typeOf } from './kernel.ts'

/** What an op makes of every byte by itself. */
export function mapBytes(op: ByteOp, { input, output }: Pick<QuantizedCall, 'input' | 'output'>): void {
  const table = byteTable(op, typeOf(input), typeOf(output))
  // The array of an int8 result takes entries above 127 as the negative bytes they stand for.
  for (let i = 0; i < input.data.length; i++) output.data[i] = table[input.data[i]! & 255]!
}

export const binary: QuantizedKernel<'binary'> = ({ operator }, { operands, output }) => {
  const [a, b] = operands as readonly [Tensor, Tensor]
  const compute = bytePairFunction(operator, typeOf(a), typeOf(b), typeOf(output))
  const [indexA, indexB] = [stretched(a.shape, output.shape), stretched(b.shape, output.shape)]
  for (let i = 0; i < output.data.length; i++) output.data[i] = compute(a.data[indexA(i)]!, b.data[indexB(i)]!)
}

/** Reals to bytes, or bytes to those of another type. */
export const quantize: QuantizedKernel<'quantize'> = (op, call) => {
  if (call.input.quantization) return mapBytes(op, call)
  const to = typeOf(call.output)
  convert(call, real => quantizeReal(real, to))
}

export const dequantize: QuantizedKernel<'dequantize'> = (_op, call) => {
  const from: ByteType = typeOf(call.input)
  convert(call, stored => dequantizeByte(stored, from))
}

function convert({ input, output }: QuantizedCall, f: (value: number) => number): void {
  for (let i = 0; i < input.data.length; i++) output.data[i] = f(input.data[i]!)
}
