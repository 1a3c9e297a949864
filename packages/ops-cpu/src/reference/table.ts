import type { Op } from '@depthwise/core'
import type { PlainKind } from '@depthwise/core/backend'
import type { Call, Kernel } from './kernel.ts'
import { conv2d, depthwiseConv2d } from './kernels/convolution.ts'
import { dense } from './kernels/dense.ts'
import { activationKernels, binary, sigmoid } from './kernels/elementwise.ts'
import { affine, batchNorm } from './kernels/normalization.ts'
import { averagePool, globalAveragePool, maxPool } from './kernels/pooling.ts'
import { concat, dropout, pad, reshape } from './kernels/shape.ts'
import { softmax } from './kernels/softmax.ts'

/** One row an op that computes reals of reals, but those of heads. A new op without its row does not compile. */
const kernels: { readonly [K in PlainKind]: Kernel<K> } = {
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
}

/** Computes one node without quantized values, of any kind but a graph input and the ops of heads. */
export function compute(op: Op, call: Call): void {
  const kernel = kernels[op.kind as PlainKind] as Kernel<PlainKind>
  kernel(op as Extract<Op, { readonly kind: PlainKind }>, call)
}
