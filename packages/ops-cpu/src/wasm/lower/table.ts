import { boundsOf, type NormalizeOp, type OpKind, type OpOf } from '@depthwise/core'
import { lowerBinary } from './binary.ts'
import { lowerConv } from './conv.ts'
import { lowerDepthwise } from './depthwise.ts'
import type { Lowered } from './lowering.ts'
import { lowerNormalize } from './normalize.ts'
import { isPointwise, lowerPointwise } from './pointwise.ts'
import { lowerConcat, lowerPad, lowerReshape } from './shape.ts'
import type { ShapedSite } from './shaped.ts'
import { lowerBatchNorm, lowerClamp, lowerGlobalAveragePool, lowerPool, lowerSigmoid, lowerSoftmax } from './simple.ts'

type LowerRule<K extends OpKind> = (site: ShapedSite, op: OpOf<K>, normalize: NormalizeOp | null) => Lowered

const activation = (site: ShapedSite, op: OpOf<'relu' | 'relu6' | 'clamp'>): Lowered =>
  lowerClamp(site, boundsOf(op) ?? { min: -Infinity, max: Infinity })

/** One row an op. A new op without its row does not compile. */
export const lowerRules: { readonly [K in OpKind]: LowerRule<K> } = {
  // The caller writes inputs before the program runs.
  input: () => ({ kernel: 'input', scratchBytes: 0, emit() {} }),
  normalize: lowerNormalize,
  conv2d: (site, op, normalize) =>
    isPointwise(op) && !normalize ? lowerPointwise(site, op) : lowerConv(site, op, normalize),
  depthwiseConv2d: lowerDepthwise,
  dense: lowerPointwise,
  batchNorm: lowerBatchNorm,
  relu: activation,
  relu6: activation,
  clamp: activation,
  add: lowerBinary,
  mul: lowerBinary,
  pad: lowerPad,
  averagePool: lowerPool,
  maxPool: lowerPool,
  globalAveragePool: lowerGlobalAveragePool,
  reshape: lowerReshape,
  softmax: lowerSoftmax,
  sigmoid: lowerSigmoid,
  concat: lowerConcat,
  // Kept only where an output carries its name: a reshape to the same shape.
  dropout: lowerReshape,
}
