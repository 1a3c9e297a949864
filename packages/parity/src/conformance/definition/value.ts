import type { NodeId, OpKind, Shape } from '@depthwise/core'
import { elementCount, type OpOf, type ParamName } from '@depthwise/core/backend'

/** What ops are defined to give: numbers rounded to float32 where they are stored, and how far a backend may be off. */
export interface Value {
  readonly shape: Shape
  readonly data: Float32Array
  /** How far from `data` each number may be. Infinite and NaN numbers may not be off at all. */
  readonly error: Float64Array
}

/** What one step of arithmetic may cost, as a share of the absolute terms that went into it. */
export interface Allowance {
  /** Sums of products, whose order and fusion are the backend's choice. */
  readonly sums: number
  /** Everything that is one operation or one function. */
  readonly functions: number
  /**
   * What the errors of operands may come to in a sum, as a share of the largest one. Bounds alone double with every layer,
   * until they bound nothing.
   */
  readonly carried: number
  /** Keeping a number from op to op, where that is done in fewer bits than float32 has. */
  readonly kept: number
  /** In any case: what is lost where small numbers are flushed to zero. */
  readonly floor: number
}

/** One op in the making. */
export interface Step {
  readonly id: NodeId
  readonly operands: readonly Value[]
  /** The first operand. */
  readonly input: Value
  /** Shape of the result. */
  readonly shape: Shape
  readonly allow: Allowance
  readonly param: (name: ParamName) => Float32Array
}

export type Definition<K extends OpKind> = (op: OpOf<K>, step: Step) => Value

/** Numbers and errors as they are summed up, in float64. */
export interface Sums {
  readonly value: Float64Array
  /** Sum of the absolute terms. */
  readonly terms: Float64Array
  /** What the operands' errors make of it. */
  readonly error: Float64Array
}

export function emptySums(shape: Shape): Sums {
  const length = elementCount(shape)
  return { value: new Float64Array(length), terms: new Float64Array(length), error: new Float64Array(length) }
}

/** Stores numbers as float32. Where one becomes infinite or NaN, its error no longer means anything. */
export function stored(shape: Shape, value: Float64Array, error: Float64Array): Value {
  const data = Float32Array.from(value)
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i]) || !(error[i]! >= 0)) error[i] = 0
  return { shape, data, error }
}

/** Stores sums: each may be off by what its operands were, within reason, and by a share of its terms. */
export function storedSums(shape: Shape, { value, terms, error }: Sums, { sums, carried, floor }: Allowance): Value {
  let largest = 0
  for (const number of value) if (Math.abs(number) < Infinity) largest = Math.max(largest, Math.abs(number))
  const max = carried * largest
  for (let i = 0; i < error.length; i++) error[i] = Math.min(error[i]!, max) + sums * terms[i]! + floor
  return stored(shape, value, error)
}

/** A value as a backend may hand it to the next op: infinite and NaN numbers stay what they are in any format. */
export function kept(value: Value, { kept, floor }: Allowance): Value {
  if (kept === 0) return value
  const { data } = value
  return {
    ...value,
    error: value.error.map((e, i) => (Number.isFinite(data[i]) ? e + kept * Math.abs(data[i]!) + floor : e)),
  }
}

export function channelsOf({ shape }: Value): number {
  return shape.at(-1) as number
}
