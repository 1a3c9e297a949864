import type { Node } from '@depthwise/core'
import type { OpOf } from '@depthwise/core/backend'
import type { Layout } from '../plan/layout.ts'
import { type Packed, packProduct } from '../plan/params.ts'
import { type Launch, type LoweringContext, ownEpilogue, product } from '../plan/rules.ts'
import { separableKernel } from './kernel.ts'

/** The one launch of a merged group: parameters of the depthwise part stand before those of the pointwise one. */
export function launch(context: LoweringContext, first: Node, input: Layout): Launch {
  const deepOp = first.op as OpOf<'depthwiseConv2d'>
  const op = context.node.op as OpOf<'conv2d'>
  const { params, weightDType } = context
  // It stays in workgroup memory, where numbers are float32 whatever is stored.
  const between: Layout = { ...(context.operands[0] as Layout), dtype: 'float32' }
  const deepParams = packProduct(deepOp, params, between.channels, weightDType)
  const deep = {
    input,
    output: between,
    weightRows: deepOp.kernel[0] * deepOp.kernel[1],
    weightDType,
    bias: deepOp.bias !== null,
    epilogue: ownEpilogue(deepOp, context),
    window: deepOp,
  }
  const pointwise = product(op, context, layer =>
    separableKernel(deep, { ...layer, input: between, weightsAt: deepParams.length / 4 }, context.tile('separable')),
  )
  return {
    ...pointwise,
    params: joined(deepParams, pointwise.params as Packed),
    macs: (pointwise.macs ?? 0) + between.rows * between.channels * deep.weightRows,
  }
}

function joined(first: Packed, second: Packed): Packed {
  return {
    length: first.length + second.length,
    dtype: first.dtype,
    write(target) {
      first.write(target.subarray(0, first.length))
      second.write(target.subarray(first.length))
    },
  }
}
