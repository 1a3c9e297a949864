import type { Bounds, Quantization, Shape, Value } from '@depthwise/core'
import type { Constant } from './constant.ts'
import type { Order } from './order.ts'

/** Features that were the axes of an image: of the flattened `shape`, without its batch, held in another order. */
export interface Flattened {
  readonly shape: Shape
  readonly order: Order
}

/** What the elements of a value are. `real`; `integer`, raw ones of an input; or reals that a QuantizeLinear counted. */
export type Elements = 'real' | 'integer' | Quantization

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
