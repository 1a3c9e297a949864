import { binary, cast, convert, unary } from './arithmetic.ts'
import { detectionPostProcess } from './detection-post-process.ts'
import { concat, gather, gatherNd, reshape, slice, split, stack, transpose, unstack } from './layout.ts'
import { posenetDecoder } from './posenet-decoder.ts'
import { argMax, argMin, reduce, topK } from './reductions.ts'
import type { TailKernel } from './step.ts'
import type { TailKind } from './tail.ts'

/** One row a kind of step. A new kind without its row does not compile. */
export const tailKernels: { readonly [K in TailKind]: TailKernel<K> } = {
  argMax,
  argMin,
  binary,
  cast,
  concat,
  convert,
  detectionPostProcess,
  gather,
  gatherNd,
  posenetDecoder,
  reduce,
  reshape,
  slice,
  split,
  stack,
  topK,
  transpose,
  unary,
  unstack,
}
