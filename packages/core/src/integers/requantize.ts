import { roundHalfEven } from '../rounding.ts'
import { type ByteType, saturate } from './byte-type.ts'
import { type FixedPoint, multiplyByQuantizedMultiplier, toFixedPoint } from './fixed-point.ts'

const f = Math.fround

/** The byte that stores a real: `rne(f(x * f(1 / scale))) + zeroPoint`, saturated. What is not a number becomes the zero point. */
export function quantizeReal(real: number, type: ByteType): number {
  return saturate(roundHalfEven(f(f(real) * f(1 / type.scale))) + type.zeroPoint, type)
}

/** The float32 that a byte stands for: `f((x - zeroPoint) * scale)`. */
export function dequantizeByte(stored: number, { scale, zeroPoint }: ByteType): number {
  return f((stored - zeroPoint) * scale)
}

/**
 * How bytes of one type become bytes of another. `shifted`: `((x - zx) * factor + 128) >> 8`, between types of one dtype (XNNPACK's
 * `convert`, for ratios of scales from 2^-8 to 2^7). `fixed`: TFLite's own kernel, between int8 and uint8 and for all
 * other ratios.
 */
export type RequantizeFactors =
  | { readonly form: 'shifted'; readonly factor: number }
  | { readonly form: 'fixed'; readonly factor: FixedPoint }

/** The factor by which `requantize` multiplies. */
export function requantizeFactors(from: ByteType, to: ByteType): RequantizeFactors {
  const ratio = f(from.scale / to.scale)
  if (from.dtype === to.dtype && ratio >= 2 ** -8 && ratio <= 2 ** 7) {
    return { form: 'shifted', factor: roundHalfEven(f(256 * ratio)) }
  }
  return { form: 'fixed', factor: toFixedPoint(from.scale / to.scale) }
}

/** The byte that stores in one type what a byte of another stores. Equal types, and zero points 128 apart, keep every value. */
export function requantize(stored: number, from: ByteType, to: ByteType): number {
  const factors = requantizeFactors(from, to)
  const value = stored - from.zeroPoint
  const scaled =
    factors.form === 'shifted'
      ? (value * factors.factor + 128) >> 8
      : multiplyByQuantizedMultiplier(value, factors.factor)
  return saturate(scaled + to.zeroPoint, to)
}
