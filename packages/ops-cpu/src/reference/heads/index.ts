import type { Op } from '@depthwise/core'
import type { HeadKind, QuantizedHeadKind } from '@depthwise/core/backend'
import type { HeadKernels } from '../head-kernels.ts'
import type { Kernel } from '../kernel.ts'
import { unary } from '../kernels/elementwise.ts'
import { constant } from '../kernels/shape.ts'
import type { QuantizedKernel } from '../quantized/kernel.ts'
import { constant as quantizedConstant } from '../quantized/moves.ts'
import { depthToSpace } from './depth-to-space.ts'
import { resize } from './resize.ts'
import { resize as quantizedResize } from './resize-bytes.ts'

/** One row an op of heads that computes reals of reals. A new op without its row does not compile. */
const kernels: { readonly [K in HeadKind]: Kernel<K> } = {
  unary,
  constant,
  resize,
  depthToSpace,
}

type QuantizedKind = QuantizedHeadKind | 'constant'

/** One row an op of heads that may be quantized. */
const quantizedKernels: { readonly [K in QuantizedKind]: QuantizedKernel<K> } = {
  constant: quantizedConstant,
  resize: quantizedResize,
  depthToSpace,
}

export const headKernels: HeadKernels = {
  compute(op, call) {
    const kernel = kernels[op.kind as HeadKind] as Kernel<HeadKind>
    kernel(op as Extract<Op, { readonly kind: HeadKind }>, call)
  },
  computeQuantized(op, call) {
    const kernel = quantizedKernels[op.kind as QuantizedKind] as QuantizedKernel<QuantizedKind>
    kernel(op as Extract<Op, { readonly kind: QuantizedKind }>, call)
  },
}
