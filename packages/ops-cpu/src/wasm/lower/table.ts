import { type AffineOp, eachActivation, isPointwise, type OpOf, type PlainKind } from '@depthwise/core/backend'
import { lowerBinary } from './binary.ts'
import { lowerConv } from './conv.ts'
import { lowerDepthwise } from './depthwise.ts'
import type { Lowered } from './lowering.ts'
import { lowerNormalize } from './normalize.ts'
import { lowerPointwise } from './pointwise.ts'
import { lowerConcat, lowerPad, lowerReshape } from './shape.ts'
import type { ShapedSite } from './shaped.ts'
import {
  lowerActivation,
  lowerBatchNorm,
  lowerGlobalAveragePool,
  lowerPool,
  lowerSigmoid,
  lowerSoftmax,
} from './simple.ts'

type LowerRule<K extends PlainKind | 'input'> = (site: ShapedSite, op: OpOf<K>, normalize: AffineOp | null) => Lowered

/** One row an op that needs no part of its own. A new op without its row does not compile. */
export const lowerRules: { readonly [K in PlainKind | 'input']: LowerRule<K> } = {
  // The caller writes inputs before the program runs.
  input: () => ({ kernel: 'input', scratchBytes: 0, emit() {} }),
  affine: lowerNormalize,
  conv2d: (site, op, normalize) =>
    isPointwise(op) && !normalize ? lowerPointwise(site, op) : lowerConv(site, op, normalize),
  depthwiseConv2d: lowerDepthwise,
  dense: lowerPointwise,
  batchNorm: lowerBatchNorm,
  ...eachActivation(lowerActivation),
  binary: lowerBinary,
  pad: (site, op) => lowerPad(site, op),
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
