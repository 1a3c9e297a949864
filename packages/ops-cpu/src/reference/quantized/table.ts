import type { Op } from '@depthwise/core'
import { eachActivation } from '@depthwise/core/backend'
import { binary, dequantize, mapBytes, quantize } from './elementwise.ts'
import type { QuantizedCall, QuantizedKernel, QuantizedKind } from './kernel.ts'
import { concat, copy, pad } from './moves.ts'
import { averagePool, globalAveragePool, maxPool } from './pooling.ts'
import { conv2d, dense, depthwiseConv2d } from './products.ts'
import { softmax } from './softmax.ts'

/** One row an op that may be quantized, but those of heads. A new op without its row does not compile. */
const quantizedKernels: { readonly [K in QuantizedKind]: QuantizedKernel<K> } = {
  conv2d,
  depthwiseConv2d,
  dense,
  ...eachActivation(mapBytes),
  binary,
  pad,
  averagePool,
  maxPool,
  globalAveragePool,
  reshape: copy,
  softmax,
  sigmoid: mapBytes,
  concat,
  dropout: copy,
  quantize,
  dequantize,
}

/** Computes one node that reads or gives quantized values, other than ops of heads. */
export function computeQuantized(op: Op, call: QuantizedCall): void {
  const kernel = quantizedKernels[op.kind as QuantizedKind] as QuantizedKernel<QuantizedKind>
  kernel(op as Extract<Op, { readonly kind: QuantizedKind }>, call)
}
