import type { Conv2dOp } from '../ops/conv2d.ts'
import type { DepthwiseConv2dOp } from '../ops/depthwise-conv2d.ts'
import type { Op } from '../ops/table.ts'

// Types of their own, so that a guard's other branch still has the rest of the convolutions.

/** A convolution that `isPointwise` accepts. */
export type PointwiseOp = Conv2dOp & { readonly groups: 1 }
/** A depthwise convolution that `isDepthwise` accepts. */
export type DepthwiseOp = DepthwiseConv2dOp & { readonly multiplier: 1 }

/** Whether a convolution's window is a single pixel: what the papers call 1x1, whatever its strides, padding and groups. */
export function isOneByOne({ kernel }: Conv2dOp | DepthwiseConv2dOp): boolean {
  return kernel[0] === 1 && kernel[1] === 1
}

/**
 * Whether an op is a matrix product over the channels of each pixel: a 1x1 convolution of one group that visits every pixel
 * once. Strides skip pixels, padding adds some and groups cut the matrix, so kernels for products cannot compute those.
 */
export function isPointwise(op: Op): op is PointwiseOp {
  if (op.kind !== 'conv2d' || op.groups !== 1 || !isOneByOne(op)) return false
  const { top, bottom, left, right } = op.padding
  return op.strides[0] === 1 && op.strides[1] === 1 && top + bottom + left + right === 0
}

/** Whether an op filters each channel by one filter of its own; a multiplier gives several. */
export function isDepthwise(op: Op): op is DepthwiseOp {
  return op.kind === 'depthwiseConv2d' && op.multiplier === 1
}

/**
 * Whether an op is depthwise in the sense of what is counted: each output channel reads one input channel. Beside
 * `depthwiseConv2d`, with any multiplier, that is a convolution of as many groups as it reads channels, which is how other
 * formats write one down. Kernels treat the two differently, so lowering asks `isDepthwise`.
 * @param channels - channels that the op reads
 */
export function countsAsDepthwise(op: Op, channels: number): boolean {
  return op.kind === 'depthwiseConv2d' || (op.kind === 'conv2d' && op.groups > 1 && op.groups === channels)
}
