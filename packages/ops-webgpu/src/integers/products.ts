import type { Params, Tensor } from '@depthwise/core'
import {
  type Conv2dOp,
  type DenseOp,
  type DepthwiseConv2dOp,
  isDepthwise,
  isPointwise,
  nodeLabel,
} from '@depthwise/core/backend'
import { productMultipliers, quantizedEpilogue, storedBounds, weightZeroPoints } from '@depthwise/core/integers'
import type { Kernel } from '../kernels/kernel.ts'
import type { Layout } from '../plan/layout.ts'
import type { Packed } from '../plan/params.ts'
import { type Launch, pointwiseClass } from '../plan/rules.ts'
import { integerConv } from './kernels/conv.ts'
import { integerDepthwise, integerGrouped } from './kernels/depthwise.ts'
import { integerPointwise } from './kernels/pointwise.ts'
import type { IntegerProduct } from './kernels/product.ts'
import { packWords } from './pack.ts'
import { type IntegerContext, inputOf, outputOf, resultOf } from './site.ts'

type ProductOp = Conv2dOp | DepthwiseConv2dOp | DenseOp

/** What a product multiplies by, as signed bytes, and what its sums become. */
interface Numbers {
  /** Row-major, one row a tap and channel, a column an output channel. */
  readonly weights: Int8Array | Uint8Array
  /** What weights have beyond signed bytes. */
  readonly shift: number
  /** Of each output channel, as signed bytes. */
  readonly zeroPoints: Int32Array
  readonly multipliers: Float32Array
  readonly bias: ArrayLike<number> | null
}

/** Sums are at least 1 where they are not 0: from here on, all of them saturate. Infinities are not for WGSL. */
const largestMultiplier = 1024

function numbersOf(context: IntegerContext, op: ProductOp): Numbers {
  const { node, params } = context
  const where = nodeLabel(node)
  const channels = node.shape.at(-1) as number
  const weights = params.get(op.weights) as Tensor<'int8' | 'uint8'>
  const shift = weights.dtype === 'uint8' ? 128 : 0
  const multipliers = productMultipliers(inputOf(context).type, weights, outputOf(context).type, channels, where)
  return {
    weights: weights.data,
    shift,
    zeroPoints: weightZeroPoints(weights, channels, where).map(zero => zero - shift),
    multipliers: multipliers.map(multiplier => Math.min(multiplier, largestMultiplier)),
    bias: biasOf(params, op),
  }
}

const biasOf = (params: Params, { bias }: ProductOp): ArrayLike<number> | null =>
  bias === null ? null : (params.get(bias) as Tensor).data

/** By words of four channels, whose last is filled up with zero points: then it does not matter what pixels have there. */
function byWords(context: IntegerContext, op: Conv2dOp | DenseOp, depth: number, kernelOf: KernelOf): Launch {
  const numbers = numbersOf(context, op)
  const { weights, shift, zeroPoints } = numbers
  const { output } = context
  const zero = inputOf(context).zero
  const taps = weights.length / (depth * output.channels)
  const words = Math.ceil(depth / 4)
  const rows = taps * words
  const weightZeros = zeroPoints.some(each => each !== 0)
  const params = packProduct(numbers, output, rows, weightZeros, (bytes, biases) => {
    const lanes = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let c = 0; c < output.channels; c++) {
      let sum = 0
      for (let tap = 0; tap < taps; tap++) {
        for (let k = 0; k < 4 * words; k++) {
          const row = tap * words + (k >> 2)
          const weight = k < depth ? weights[(tap * depth + k) * output.channels + c]! - shift : zeroPoints[c]!
          lanes[16 * row * output.groups + 4 * c + (k & 3)] = weight
          sum += weight - zeroPoints[c]!
        }
      }
      biases[c] = biases[c]! - Math.imul(zero, sum)
    }
  })
  return launch(context, op, { rows, weightZeros, params, terms: taps * depth }, kernelOf)
}

/** By channels: weights less their zero points in 32 bits. */
function byChannels(context: IntegerContext, op: Conv2dOp | DepthwiseConv2dOp, kernelOf: KernelOf): Launch {
  const numbers = numbersOf(context, op)
  const { weights, shift, zeroPoints } = numbers
  const { output } = context
  const rows = weights.length / output.channels
  const params = packProduct(numbers, output, rows, false, words => {
    for (let row = 0; row < rows; row++) {
      for (let c = 0; c < output.channels; c++) {
        words[4 * row * output.groups + c] = weights[row * output.channels + c]! - shift - zeroPoints[c]!
      }
    }
  })
  return launch(context, op, { rows, weightZeros: false, params, terms: rows }, kernelOf)
}

type KernelOf = (layer: IntegerProduct) => Kernel

interface PackedProduct {
  readonly rows: number
  readonly weightZeros: boolean
  readonly params: Packed
  /** Products that are summed. */
  readonly terms: number
}

function launch(
  context: IntegerContext,
  op: ProductOp,
  { rows, weightZeros, params, terms }: PackedProduct,
  kernelOf: KernelOf,
): Launch {
  const { output, node, packedDot } = context
  const kernel = kernelOf({
    input: context.operands[0] as Layout,
    output,
    weightRows: rows,
    weightZeros,
    inputZero: inputOf(context).zero,
    result: resultOf(outputOf(context), storedBounds(quantizedEpilogue(op, nodeLabel(node)), outputOf(context).type)),
    packedDot,
  })
  return { kernel, params, macs: output.rows * output.channels * terms }
}

/** `rows` rows of weights, which `fill` writes, then the bias, the multipliers and, if asked for, the zero points of weights. */
function packProduct(
  { bias, multipliers, zeroPoints }: Numbers,
  { groups, channels }: Layout,
  rows: number,
  weightZeros: boolean,
  fill: (words: Int32Array, biases: Int32Array) => void,
): Packed {
  const row = 4 * groups
  return packWords((rows + (weightZeros ? 3 : 2)) * row, (words, reals) => {
    const biases = words.subarray(rows * row, rows * row + channels)
    if (bias) biases.set(bias)
    fill(words.subarray(0, rows * row), biases)
    reals.set(multipliers, (rows + 1) * row)
    if (weightZeros) words.set(zeroPoints, (rows + 2) * row)
  })
}

export function lowerConv(op: Conv2dOp, context: IntegerContext): Launch {
  const { channels } = context.operands[0] as Layout
  if (isPointwise(op)) {
    return byWords(context, op, channels, layer => integerPointwise(layer, context.tile(pointwiseClass(context))))
  }
  const convGroups = op.groups
  const depth = channels / convGroups
  const isWhole = convGroups === 1 || (depth % 4 === 0 && (op.filters / convGroups) % 4 === 0)
  return isWhole
    ? byWords(context, op, depth, layer => integerConv({ ...layer, window: op, convGroups }, context.tile('conv')))
    : byChannels(context, op, layer => integerGrouped({ ...layer, window: op, convGroups }, context.tile('grouped')))
}

export function lowerDepthwise(op: DepthwiseConv2dOp, context: IntegerContext): Launch {
  const convGroups = (context.operands[0] as Layout).channels
  return byChannels(context, op, layer => {
    const convLayer = { ...layer, window: op, convGroups }
    return isDepthwise(op)
      ? integerDepthwise(convLayer, context.tile('depthwise'))
      : integerGrouped(convLayer, context.tile('grouped'))
  })
}

export function lowerDense(op: DenseOp, context: IntegerContext): Launch {
  const { channels } = context.operands[0] as Layout
  return byWords(context, op, channels, layer => integerPointwise(layer, context.tile('dense')))
}
