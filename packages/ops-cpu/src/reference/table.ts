import type { Op } from '@depthwise/core'
import type { Call, ComputedKind, Kernel } from './kernel.ts'
import { conv2d, depthwiseConv2d } from './kernels/convolution.ts'
import { dense } from './kernels/dense.ts'
import { add, clamp, mul, relu, relu6, sigmoid } from './kernels/elementwise.ts'
import { batchNorm, normalize } from './kernels/normalization.ts'
import { averagePool, globalAveragePool, maxPool } from './kernels/pooling.ts'
import { concat, dropout, pad, reshape } from './kernels/shape.ts'
import { softmax } from './kernels/softmax.ts'

/** One row an op. A new op without its row does not compile. */
const kernels: { readonly [K in ComputedKind]: Kernel<K> } = {
  normalize,
  conv2d,
  depthwiseConv2d,
  dense,
  batchNorm,
  relu,
  relu6,
  clamp,
  add,
  mul,
  pad,
  averagePool,
  maxPool,
  globalAveragePool,
  reshape,
  softmax,
  sigmoid,
  concat,
  dropout,
}

/** Computes one node of any kind but a graph input. */
export function compute(op: Exclude<Op, { readonly kind: 'input' }>, call: Call): void {
  const kernel = kernels[op.kind] as Kernel<ComputedKind>
  kernel(op, call)
}
