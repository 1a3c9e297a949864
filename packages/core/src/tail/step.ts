import { byteTypeOf, dequantizeByte } from '../integers/index.ts'
import type { Shape, Tensor, TypedArray } from '../tensor.ts'
import type { TailKind, TailOp } from './tail.ts'

/** The op of a kind, with its attributes. */
export type OpOfKind<K extends TailKind> = Extract<TailOp, { readonly kind: K }>

/** Throws an error that names the step. */
export type Refuse = (expected: string, found: string) => never

/** What the kernel of one step reads and fills: types and shapes fit, and the elements of results are 0. */
export interface TailCall {
  readonly operands: readonly Tensor[]
  readonly results: readonly Tensor[]
  /** For what shows only in the elements. */
  readonly refuse: Refuse
}

export type TailKernel<K extends TailKind> = (op: OpOfKind<K>, call: TailCall) => void

/** The reals that a value of any type stands for, rounded to float32 as runtimes do. */
export function realsOf(value: Tensor): Float32Array {
  if (value.data instanceof Float32Array) return value.data
  if (!value.quantization) return Float32Array.from(value.data as TypedArray)
  const type = byteTypeOf(value)
  return Float32Array.from(value.data, stored => dequantizeByte(stored, type))
}

/** How far the elements of each axis lie apart. */
export function stridesOf(shape: Shape): readonly number[] {
  const strides = new Array<number>(shape.length)
  for (let axis = shape.length - 1, stride = 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis] as number
  }
  return strides
}

/** The place in an operand of each element of a result, whose axes lie `strides` apart there; 0 repeats. */
export function eachPlace(shape: Shape, strides: readonly number[], visit: (place: number, at: number) => void): void {
  const count = shape.reduce((product, extent) => product * extent, 1)
  const index = new Array<number>(shape.length).fill(0)
  let place = 0
  for (let at = 0; at < count; at++) {
    visit(place, at)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += strides[axis] as number
      index[axis] = (index[axis] as number) + 1
      if (index[axis] !== shape[axis]) break
      place -= (strides[axis] as number) * (shape[axis] as number)
      index[axis] = 0
    }
  }
}
