import type { Params, Tensor } from '@depthwise/core'
import type { HeadKind, OpOf, QuantizedHeadKind } from '@depthwise/core/backend'
import { type ByteType, byteTypeOf } from '@depthwise/core/integers'
import type { ComputedKind } from '../kernel.ts'

/** What the kernel of one quantized node reads and writes. Shapes and element types have been verified. */
export interface QuantizedCall {
  /** The node, as errors name it. */
  readonly where: string
  /** The first operand. */
  readonly input: Tensor
  /** All operands, the first included, each with the quantization that its bytes have. */
  readonly operands: readonly Tensor[]
  /** Of the shape and the element type of the node; the kernel writes every element. */
  readonly output: Tensor
  readonly params: Params
}

/** The kinds that may be quantized, but those of heads: all but those whose element rules know reals alone. */
export type QuantizedKind = Exclude<ComputedKind, 'affine' | 'batchNorm' | HeadKind>

/** Computes a node in integers, as it is stored. */
export type QuantizedKernel<K extends QuantizedKind | QuantizedHeadKind | 'constant'> = (
  op: OpOf<K>,
  call: QuantizedCall,
) => void

/** How the bytes of a quantized operand or result stand for reals. */
export const typeOf = (value: Tensor): ByteType => byteTypeOf(value)
