import type { Node, Params, Tensor } from '@depthwise/core'
import { type Conv2dOp, type DenseOp, type DepthwiseConv2dOp, nodeLabel } from '@depthwise/core/backend'
import { productMultipliers, quantizedEpilogue, storedBounds, weightZeroPoints } from '@depthwise/core/integers'
import { parameter } from '../../lower/lowering.ts'
import type { ShapedSite } from '../../lower/shaped.ts'
import type { Arithmetic } from '../arithmetic.ts'
import { requantizeWords, type Stored, storedAs } from '../stored.ts'

/** A quantized node with its operands: where they lie, and what their bytes stand for. */
export interface IntegerSite extends ShapedSite {
  readonly operands: readonly Node[]
  readonly params: Params
  readonly arithmetic: Arithmetic
}

/** How the first operand of a node is stored. */
export const inputOf = ({ operands, arithmetic }: IntegerSite): Stored => storedAs(operands[0] as Node, arithmetic)

/** How the result of a node is stored. */
export const outputOf = ({ node, arithmetic }: IntegerSite): Stored => storedAs(node, arithmetic)

/** What a product multiplies by, and what its sums become. */
export interface ProductNumbers {
  readonly data: Int8Array | Uint8Array
  /** Of each output channel. */
  readonly zeroPoints: Int32Array
  readonly multipliers: Float32Array
  readonly bias: Tensor['data'] | null
}

export function productNumbers(
  { node, input, output }: { readonly node: Node; readonly input: Stored; readonly output: Stored },
  op: Conv2dOp | DepthwiseConv2dOp | DenseOp,
  params: Params,
): ProductNumbers {
  const channels = node.shape.at(-1) as number
  const weights = parameter(params, op.weights)
  const bias = parameter(params, op.bias)
  const where = nodeLabel(node)
  return {
    data: weights.data as Int8Array | Uint8Array,
    zeroPoints: weightZeroPoints(weights, channels, where),
    multipliers: productMultipliers(input.type, weights, output.type, channels, where),
    bias: bias?.data ?? null,
  }
}

/** The words of a record that say where the store of a product ends its results. */
export function productWords(
  node: Node,
  op: Conv2dOp | DepthwiseConv2dOp | DenseOp,
  output: Stored,
): ReturnType<typeof requantizeWords> {
  return requantizeWords(output, storedBounds(quantizedEpilogue(op, nodeLabel(node)), output.type))
}
