import { type Shape, type Tensor, tensor } from '@depthwise/core'
import type { ProductLayout } from './product-layout.ts'
import { largestWeight, type RoundedWeights, roundBy } from './rounding.ts'

/** Parameters as a quantized product takes them. */
export interface StoredParameters {
  readonly weights: Tensor<'int8'>
  readonly bias: Tensor<'int32'>
}

/** Sums hold 32 bits. What products of bytes may add to the bias is kept free, up to half of it. */
const accumulator = 2 ** 31 - 1
const largestProduct = 255 * largestWeight
/** Where nothing but a bias is left of a channel, the bias gets this many steps. */
const stepsOfBareBias = 2 ** 20

/**
 * Rounded weights as a tensor, and biases as int32 in steps of `scale` times that of the channel. Where a bias would not fit
 * (weights of a channel far smaller than its bias), the scale of the channel grows, and its weights are rounded anew.
 * @param weights the real ones
 * @param scale of the operand
 */
export function storeParameters(
  weights: Pick<Tensor, 'data' | 'shape'>,
  rounded: RoundedWeights,
  bias: Float64Array,
  layout: ProductLayout,
  scale: number,
): StoredParameters {
  const { taps, axis, outputs } = layout
  const roomOfBias = accumulator - Math.min(taps * largestProduct, 2 ** 30)
  const isBare = (c: number): boolean => {
    for (let i = c; i < rounded.stored.length; i += outputs) if (rounded.stored[i] !== 0) return false
    return true
  }
  const scales = rounded.scales.map((own, c) => {
    const needed = Math.abs(bias[c]!) / scale
    if (needed === 0) return own
    if (isBare(c)) return Math.fround(needed / stepsOfBareBias)
    return Math.max(own, Math.fround(needed / roomOfBias))
  })
  const isChanged = scales.some((each, c) => each !== rounded.scales[c])
  const anew = isChanged ? roundBy(weights.data, scales) : rounded.stored
  const stored = rounded.stored.map((value, i) =>
    scales[i % outputs] === rounded.scales[i % outputs] ? value : (anew[i] as number),
  )
  const biases = Int32Array.from(bias, (value, c) => {
    const steps = Math.round(value / Math.fround(scale * scales[c]!))
    return Math.min(Math.max(steps, -accumulator), accumulator)
  })
  return { weights: quantizedWeights(weights.shape, stored, scales, axis), bias: tensor([outputs], biases) }
}

/** Of a single channel the scale is that of the tensor, as readers of files have it. */
function quantizedWeights(shape: Shape, stored: Int8Array, scales: readonly number[], axis: number): Tensor<'int8'> {
  const [only] = scales as readonly [number]
  const quantization =
    scales.length === 1 ? { scale: only, zeroPoint: 0 } : { scale: scales, zeroPoint: scales.map(() => 0), axis }
  return { ...tensor(shape, stored), quantization }
}
