import type { Bounds, Shape, Value } from '@depthwise/core'
import type { PerTensorQuantization } from '@depthwise/core/backend'
import type { Constant } from './constant.ts'
import type { FileNode } from './file.ts'
import type { Order } from './order.ts'

/** Features that were the axes of an image: of the flattened `shape`, without its batch, held in another order. */
export interface Flattened {
  readonly shape: Shape
  readonly order: Order
}

/** Reals that are integers in the file, by a scale and zero point that it measures at run time. */
export interface MeasuredIntegers {
  /** The DynamicQuantizeLinear that measures them. */
  readonly by: FileNode
}

/** What the elements of a value are. `real`; `integer`, raw ones of an input; or reals that a QuantizeLinear counted. */
export type Elements = 'real' | 'integer' | PerTensorQuantization | MeasuredIntegers

/** An ONNX value that the graph computes. */
export interface Computed {
  readonly kind: 'computed'
  readonly value: Value
  /** As ONNX has it. */
  readonly shape: Shape
  /** How `value` holds it. */
  readonly order: Order
  /** Set where `value` is a list of features in another order than ONNX has them. */
  readonly flattened: Flattened | null
  /** What the values are known to keep to. */
  readonly bounds: Bounds
  readonly elements: Elements
}

export type Operand = Constant | Computed

/** The scale or zero point that a DynamicQuantizeLinear measures. Reals do not need it, so it is never computed. */
export interface Measured {
  readonly kind: 'measured'
  /** How errors point at it. */
  readonly label: string
  readonly role: 'scale' | 'zero point'
  readonly by: FileNode
  /** What the scale has been multiplied by. */
  readonly factors: readonly Constant[]
}

/**
 * A product of integers, computed once it is known what its result is multiplied by and what is added to it: as one op on
 * reals whose weights and bias hold both.
 */
export interface Product {
  readonly kind: 'product'
  /** How errors point at it. */
  readonly label: string
  /** The DynamicQuantizeLinear whose scale its integers have yet to be multiplied by; null once they are reals. */
  readonly lacks: FileNode | null
  readonly rank: number
  /** The axis of its result along which `scale` and `offset` run. */
  readonly channelAxis: number
  /** One for each channel. */
  readonly scale: readonly number[]
  readonly offset: readonly number[] | null
  /** Adds the op under the name of a value of the file. */
  compute(output: string, scale: readonly number[], offset: readonly number[] | null): Computed
}

/** Whatever a name of the file may stand for. */
export type Known = Operand | Measured | Product

/** How errors describe it. */
export function describe(known: Known): string {
  return known.kind === 'computed' ? 'a value that the graph computes' : known.label
}
