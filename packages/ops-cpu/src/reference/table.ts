import type { Op } from '@depthwise/core'
import type { Call, ComputedKind, Kernel } from './kernel.ts'
import { conv2d, depthwiseConv2d } from './kernels/convolution.ts'
import { dense } from './kernels/dense.ts'
import { activationKernels, binary, sigmoid } from './kernels/elementwise.ts'
import { affine, batchNorm } from './kernels/normalization.ts'
import { averagePool, globalAveragePool, maxPool } from './kernels/pooling.ts'
import { concat, dequantize, dropout, pad, quantize, reshape } from './kernels/shape.ts'
import { softmax } from './kernels/softmax.ts'

/** One row an op. A new op without its row does not compile. */
const kernels: { readonly [K in ComputedKind]: Kernel<K> } = {
  affine,
  conv2d,
  depthwiseConv2d,
  dense,
  batchNorm,
  ...activationKernels,
  binary,
  pad,
  averagePool,
  maxPool,
  globalAveragePool,
  reshape,
  softmax,
  sigmoid,
  concat,
  dropout,
  quantize,
  dequantize,
}

/** Computes one node of any kind but a graph input. */
export function compute(op: Exclude<Op, { readonly kind: 'input' }>, call: Call): void {
  const kernel = kernels[op.kind] as Kernel<ComputedKind>
  kernel(op, call)
}
