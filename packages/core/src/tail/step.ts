import { GraphError } from '../errors.ts'
import { byteTypeOf, dequantizeByte } from '../integers/index.ts'
import { type Shape, type Tensor, type TypedArray, zeros } from '../tensor.ts'
import type { TailKind, TailOp, TailResult } from './tail.ts'

/** What the kernel of one step reads, and the types of what it gives. */
export interface TailCall {
  /** How errors point at the step. */
  readonly where: string
  readonly operands: readonly Tensor[]
  readonly results: readonly TailResult[]
}

type OpOfKind<K extends TailKind> = Extract<TailOp, { readonly kind: K }>
export type TailKernel<K extends TailKind> = (op: OpOfKind<K>, call: TailCall) => readonly Tensor[]

/** A result of its type, whose elements are still 0. */
export function resultOf(call: TailCall, shape: Shape, place = 0): Tensor {
  const { dtype, quantization } = call.results[place] as TailResult
  return { ...zeros(shape, dtype), ...(quantization && { quantization }) } as Tensor
}

/** @throws GraphError naming the step */
export function refuse(call: TailCall, expected: string, found: string): never {
  throw new GraphError({ where: call.where, expected, found })
}

/** The reals that a value of any type stands for, rounded to float32 as runtimes do. */
export function realsOf(value: Tensor, call: TailCall): Float32Array {
  if (!value.quantization)
    return value.data instanceof Float32Array ? value.data : Float32Array.from(value.data as TypedArray)
  const type = byteTypeOf(value, call.where)
  return Float32Array.from(value.data, stored => dequantizeByte(stored, type))
}
