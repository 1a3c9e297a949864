import type { OpKind, Tensor } from '@depthwise/core'
import type { OpOf, ParamName } from '@depthwise/core/backend'

/** What one node's kernel reads and writes. Shapes have been verified: kernels take them as given. */
export interface Call {
  /** The first operand, which every op but a graph input has. */
  readonly input: Tensor
  /** All operands, the first included, in the order of the node's inputs. */
  readonly operands: readonly Tensor[]
  /** Of the node's shape; the kernel writes every element once, which rounds it to float32. */
  readonly output: Tensor<'float32'>
  /** The data of a parameter, by name. */
  param(name: ParamName): Float32Array
}

/** Computes a node in float64 and stores it as float32. */
export type Kernel<K extends OpKind> = (op: OpOf<K>, call: Call) => void

/** The kinds a kernel computes: all but graph inputs, which are handed in. */
export type ComputedKind = Exclude<OpKind, 'input'>

/** Extent of the last axis, which is the channels of NHWC and the features of `[batch, features]`. */
export function channelsOf({ shape }: Tensor): number {
  return shape.at(-1) ?? 1
}
