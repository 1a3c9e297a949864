import { GraphError, UnsupportedOpError } from '../errors.ts'
import type { ClampOp } from '../ops/clamp.ts'
import type { Product } from '../passes/fuse.ts'
import { perIndex } from '../quantization.ts'
import { roundHalfEven } from '../rounding.ts'
import type { ElementType } from '../tensor.ts'
import { type ByteType, type StoredBounds, saturate } from './byte-type.ts'

const f = Math.fround
const largest = f(3.4028234663852886e38)

/**
 * What sums of products are multiplied by, one number for each output channel: `M[c] = f(f(sx * sw[c]) / sy)`. One that
 * float32 cannot hold is the largest it can.
 * @param channels output channels of the product
 * @throws GraphError naming `where` unless the weights have one scale, or one for each output channel
 */
export function productMultipliers(
  input: ByteType,
  weights: ElementType,
  output: ByteType,
  channels: number,
  where = 'weights of a product',
): Float32Array<ArrayBuffer> {
  const { scales } = perChannel(weights, channels, where)
  return Float32Array.from({ length: channels }, (_, c) => {
    const scale = f(scales[scales.length === 1 ? 0 : c] as number)
    return Math.min(f(f(input.scale * scale) / output.scale), largest)
  })
}

/**
 * The zero points of weights, one for each output channel.
 * @throws GraphError naming `where` unless there is one, or one for each output channel
 */
export function weightZeroPoints(
  weights: ElementType,
  channels: number,
  where = 'weights of a product',
): Int32Array<ArrayBuffer> {
  const { zeroPoints } = perChannel(weights, channels, where)
  return Int32Array.from({ length: channels }, (_, c) => zeroPoints[zeroPoints.length === 1 ? 0 : c] as number)
}

function perChannel({ quantization }: ElementType, channels: number, where: string): ReturnType<typeof perIndex> {
  const entries = quantization && perIndex(quantization)
  if (entries && (entries.scales.length === 1 || entries.scales.length === channels)) return entries
  const found = entries ? `${entries.scales.length} scales` : 'no quantization'
  throw new GraphError({ where, expected: `one scale, or one for each of ${channels} output channels`, found })
}

/**
 * The bytes that an activation lets through: of its bound `v`, `rne(clamp(f(f(v / scale) + zeroPoint)))`. Without one, all that
 * the type holds.
 */
export function storedBounds(activation: ClampOp | null, type: ByteType): StoredBounds {
  if (!activation) return { min: type.min, max: type.max }
  const stored = (bound: number): number => roundHalfEven(saturate(f(f(f(bound) / type.scale) + type.zeroPoint), type))
  return { min: stored(activation.min), max: stored(activation.max) }
}

/** The byte of one sum: `clamp(rne(f(f(sum) * multiplier)) + zeroPoint)`, within the bounds of the activation. */
export function storeSum(sum: number, multiplier: number, { zeroPoint }: ByteType, { min, max }: StoredBounds): number {
  return Math.min(Math.max(roundHalfEven(f(f(sum) * multiplier)) + zeroPoint, min), max)
}

/**
 * The clamp in the store of a quantized product, or null.
 * @throws UnsupportedOpError naming `where` for a residual, whose sum is not rounded to bytes, and for other activations
 */
export function quantizedEpilogue({ residual, activation }: Product, where: string): ClampOp | null {
  if (residual) {
    const expected = 'no residual in the store of a quantized product'
    throw new UnsupportedOpError({ where, expected, found: 'one' })
  }
  if (activation && activation.kind !== 'clamp') {
    const expected = 'a clamp as the activation of a quantized product'
    throw new UnsupportedOpError({ where, expected, found: activation.kind })
  }
  return activation
}
