import type { Network, Tensor } from '@depthwise/core'
import { isProduct, nodeLabel, type Product } from '@depthwise/core/backend'
import {
  productMultipliers,
  quantizedEpilogue,
  storedBounds,
  storeSum,
  weightZeroPoints,
} from '@depthwise/core/integers'
import { channelsOf } from '../kernel.ts'
import { slide } from '../kernels/window.ts'
import { type QuantizedCall, type QuantizedKernel, typeOf } from './kernel.ts'

/** Weights HWIO, where I counts the channels of one group. */
export const conv2d: QuantizedKernel<'conv2d'> = (op, call) => {
  const { input, output } = call
  const channels = channelsOf(input)
  const depth = channels / op.groups
  const filtersPerGroup = op.filters / op.groups
  const { x, w, sums, store } = sumsOf(op, call, op.filters)
  const accumulate = (tap: number, source: number): void => {
    for (let c = 0; c < channels; c++) {
      const value = x[source * channels + c]!
      const row = (tap * depth + (c % depth)) * op.filters
      const first = Math.floor(c / depth) * filtersPerGroup
      for (let f = first; f < first + filtersPerGroup; f++) sums[f] = sums[f]! + Math.imul(value, w[row + f]!)
    }
  }
  slide(op, input.shape, output.shape, accumulate, store)
}

/** Weights `[kh, kw, channels, multiplier]`. */
export const depthwiseConv2d: QuantizedKernel<'depthwiseConv2d'> = (op, call) => {
  const { input, output } = call
  const channels = channelsOf(input)
  const { x, w, sums, store } = sumsOf(op, call, channels * op.multiplier)
  const accumulate = (tap: number, source: number): void => {
    for (let out = 0; out < sums.length; out++) {
      const value = x[source * channels + Math.floor(out / op.multiplier)]!
      sums[out] = sums[out]! + Math.imul(value, w[tap * sums.length + out]!)
    }
  }
  slide(op, input.shape, output.shape, accumulate, store)
}

/** Weights `[in, units]`. */
export const dense: QuantizedKernel<'dense'> = (op, call) => {
  const features = channelsOf(call.input)
  const { x, w, sums, store } = sumsOf(op, call, op.units)
  for (let n = 0; n * features < x.length; n++) {
    for (let c = 0; c < features; c++) {
      const value = x[n * features + c]!
      for (let u = 0; u < op.units; u++) sums[u] = sums[u]! + Math.imul(value, w[c * op.units + u]!)
    }
    store(n)
  }
}

/**
 * What products share: operand and weights less their zero points, the sums of one pixel in int32, which wrap as int32 does,
 * and `store(pixel)`, which adds the bias, stores their bytes and clears the sums. The scale of the bias is that of the sums,
 * whatever it says itself.
 */
function sumsOf(op: Product, { where, input, output, params }: QuantizedCall, channels: number) {
  const weights = params.get(op.weights) as Tensor
  const bias = op.bias === null ? null : (params.get(op.bias) as Tensor).data
  const [from, to] = [typeOf(input), typeOf(output)]
  const multipliers = productMultipliers(from, weights, to, channels, where)
  const bounds = storedBounds(quantizedEpilogue(op, where), to)
  const sums = new Int32Array(channels)
  const store = (pixel: number): void => {
    for (let c = 0; c < channels; c++) {
      const sum = (sums[c]! + (bias ? bias[c]! : 0)) | 0
      output.data[pixel * channels + c] = storeSum(sum, multipliers[c]!, to, bounds)
    }
    sums.fill(0)
  }
  return {
    x: centred(input.data, [from.zeroPoint]),
    w: centred(weights.data, weightZeroPoints(weights, channels, where)),
    sums,
    store,
  }
}

/** Stored values less their zero points, which the innermost axes take in turn. */
function centred(stored: Tensor['data'], zeroPoints: ArrayLike<number>): Int32Array {
  const values = Int32Array.from(stored)
  for (let i = 0; i < values.length; i++) values[i] = values[i]! - zeroPoints[i % zeroPoints.length]!
  return values
}

/**
 * Throws for products that bytes have no arithmetic for, before anything is computed.
 * @throws UnsupportedOpError or GraphError naming the node
 */
export function checkQuantizedProducts({ graph, params }: Network): void {
  for (const node of graph.nodes) {
    if (!node.quantization || !isProduct(node.op)) continue
    const where = nodeLabel(node)
    quantizedEpilogue(node.op, where)
    weightZeroPoints(params.get(node.op.weights) as Tensor, node.shape.at(-1) as number, where)
  }
}
