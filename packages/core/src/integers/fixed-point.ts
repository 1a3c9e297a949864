/** A positive real as `mantissa * 2^(exponent - 31)`, the mantissa from 2^30 to 2^31 - 1, or 0 for what is too small. */
export interface FixedPoint {
  readonly mantissa: number
  readonly exponent: number
}

/** A positive, finite number as `fraction * 2^exponent`, the fraction in [0.5, 1): C's `frexp`. */
export function fractionAndExponent(value: number): { readonly fraction: number; readonly exponent: number } {
  let fraction = value
  let exponent = 0
  for (; fraction >= 1; fraction /= 2) exponent += 1
  for (; fraction < 0.5; fraction *= 2) exponent -= 1
  return { fraction, exponent }
}

/** A positive real as TFLite's `QuantizeMultiplier` represents it: rounded to 31 bits, 0 below 2^-32. */
export function toFixedPoint(real: number): FixedPoint {
  const { fraction, exponent } = fractionAndExponent(real)
  const mantissa = Math.round(fraction * 2 ** 31)
  // A fraction just below 1 rounds up to it.
  const carried = mantissa === 2 ** 31 ? { mantissa: 2 ** 30, exponent: exponent + 1 } : { mantissa, exponent }
  return carried.exponent < -31 ? { mantissa: 0, exponent: 0 } : carried
}

/**
 * An integer times a fixed-point number, rounded twice: the product to a multiple of 2^31 (ties up), then to a power of two
 * (ties away from zero). It is TFLite's `MultiplyByQuantizedMultiplier`, without its overflow.
 */
export function multiplyByQuantizedMultiplier(value: number, { mantissa, exponent }: FixedPoint): number {
  const product = BigInt(value) * 2n ** BigInt(Math.max(exponent, 0)) * BigInt(mantissa)
  const high = (product + (product < 0n ? 1n - 2n ** 30n : 2n ** 30n)) / 2n ** 31n
  return divideByPowerOfTwo(Number(high), Math.max(-exponent, 0))
}

/** `value / 2^power`, rounded half away from zero: gemmlowp's `RoundingDivideByPOT`. */
export function divideByPowerOfTwo(value: number, power: number): number {
  return roundHalfAway(value / 2 ** power)
}

/** The nearest integer, of two as near the one further from zero: C's `round`. */
export function roundHalfAway(value: number): number {
  const below = Math.floor(Math.abs(value))
  const rounded = Math.abs(value) - below >= 0.5 ? below + 1 : below
  return value < 0 ? -rounded : rounded
}
