import type { Op, OpKind } from '@depthwise/core'
import { eachActivation, type HeadKind, isHeadOp, type OpOf } from '@depthwise/core/backend'
import type { GpuFeatures } from '../gpu/types.ts'
import type { IntegerLowering } from '../plan/integer-lowering.ts'
import type { Launch } from '../plan/rules.ts'
import { lowerDequantize, lowerIntegerBinary, lowerLookup, lowerQuantize } from './elementwise.ts'
import type { HeadIntegerLowering } from './head-lowering.ts'
import { lowerIntegerConcat, lowerIntegerPad, lowerIntegerReshape } from './moves.ts'
import { lowerAveragePool, lowerMaxPool, lowerMean } from './pools.ts'
import { lowerConv, lowerDense, lowerDepthwise } from './products.ts'
import type { IntegerContext } from './site.ts'
import { lowerIntegerSoftmax } from './softmax.ts'
import { sameMemory } from './stored.ts'

/** The ops that read or give quantized values, but those of heads. */
type QuantizedKind = Exclude<OpKind, 'input' | 'affine' | 'batchNorm' | HeadKind>

type Rule<K extends QuantizedKind> = (op: OpOf<K>, context: IntegerContext) => Launch | readonly Launch[]

/** One row an op that may be quantized. A new op without its row does not compile. */
const rules: { readonly [K in QuantizedKind]: Rule<K> } = {
  conv2d: lowerConv,
  depthwiseConv2d: lowerDepthwise,
  dense: lowerDense,
  ...eachActivation(lowerLookup),
  binary: lowerIntegerBinary,
  pad: lowerIntegerPad,
  averagePool: lowerAveragePool,
  maxPool: lowerMaxPool,
  globalAveragePool: lowerMean,
  reshape: lowerIntegerReshape,
  softmax: lowerIntegerSoftmax,
  sigmoid: lowerLookup,
  concat: lowerIntegerConcat,
  dropout: lowerIntegerReshape,
  quantize: lowerQuantize,
  dequantize: lowerDequantize,
}

/** What multiplies four bytes by four at once (WGSL, section 4.1.2). */
const dotFeature = 'packed_4x8_integer_dot_product'

/**
 * How quantized nodes become kernels. Values lie in memory as signed bytes, four channels in a word, unsigned ones with their top
 * bit flipped; what stands behind the last channel is read and never counts.
 * @param features of WGSL, where the host says which it has
 * @param heads - how ops of heads among them are computed; a graph that has some needs it
 */
export function integerLowering(features?: GpuFeatures, heads: HeadIntegerLowering | null = null): IntegerLowering {
  const packedDot = features?.has(dotFeature) ?? false
  return {
    renames: (node, operand) =>
      node.op.kind === 'quantize' && operand.quantization !== undefined && sameMemory(operand, node),
    launches(context) {
      const { op } = context.node as { readonly op: Extract<Op, { readonly kind: QuantizedKind }> }
      if (heads && isHeadOp(op)) return heads.launches({ ...context, packedDot })
      const rule = rules[op.kind] as Rule<QuantizedKind>
      return [rule(op as never, { ...context, packedDot })].flat()
    },
  }
}
