import type { BinaryOperator } from '../ops/binary.ts'
import { roundHalfEven } from '../rounding.ts'
import { type ByteType, saturate } from './byte-type.ts'
import { type FixedPoint, fractionAndExponent, multiplyByQuantizedMultiplier, toFixedPoint } from './fixed-point.ts'
import { requantize } from './requantize.ts'

const f = Math.fround

/**
 * How two bytes are added, `a` and `b` being those less their zero points. `shifted`, XNNPACK's:
 * `(a * factorA + b * factorB + 2^(shift-1)) >> shift`, which int32 holds. `doubled`, TFLite's, where a scale is too far from that
 * of the result: both times 2^20 are brought to twice the larger scale, added, and brought to that of the result.
 */
export type SumFactors =
  | { readonly form: 'shifted'; readonly factorA: number; readonly factorB: number; readonly shift: number }
  | {
      readonly form: 'doubled'
      readonly factorA: FixedPoint
      readonly factorB: FixedPoint
      /** What the second summand counts: -1 in a difference. */
      readonly sign: 1 | -1
      readonly output: FixedPoint
    }

/** The factors of `a + sign * b`. */
export function sumFactors(a: ByteType, b: ByteType, output: ByteType, sign: 1 | -1 = 1): SumFactors {
  const [ratioA, ratioB] = [f(a.scale / output.scale), f(b.scale / output.scale)]
  if ([ratioA, ratioB].every(ratio => ratio >= 2 ** -10 && ratio < 2 ** 8)) {
    const shift = 20 - (fractionAndExponent(Math.max(ratioA, ratioB)).exponent - 1)
    const factor = (ratio: number): number => roundHalfEven(ratio * 2 ** shift)
    return { form: 'shifted', factorA: factor(ratioA), factorB: sign * factor(ratioB), shift }
  }
  const twice = 2 * Math.max(a.scale, b.scale)
  return {
    form: 'doubled',
    factorA: toFixedPoint(a.scale / twice),
    factorB: toFixedPoint(b.scale / twice),
    sign,
    output: toFixedPoint(twice / (2 ** 20 * output.scale)),
  }
}

/** The sum of two bytes less their zero points, in steps of the result, which is not yet saturated. */
export function sumOf(a: number, b: number, factors: SumFactors): number {
  if (factors.form === 'shifted') {
    return (a * factors.factorA + b * factors.factorB + 2 ** (factors.shift - 1)) >> factors.shift
  }
  const summand = (value: number, factor: FixedPoint): number => multiplyByQuantizedMultiplier(value * 2 ** 20, factor)
  const sum = summand(a, factors.factorA) + factors.sign * summand(b, factors.factorB)
  return multiplyByQuantizedMultiplier(sum, factors.output)
}

/** A function of two stored bytes, to a stored byte. */
export type BytePairFunction = (a: number, b: number) => number

type Arithmetic = (a: ByteType, b: ByteType, output: ByteType) => BytePairFunction

const sum =
  (sign: 1 | -1): Arithmetic =>
  (a, b, output) => {
    const factors = sumFactors(a, b, output, sign)
    return (x, y) => saturate(sumOf(x - a.zeroPoint, y - b.zeroPoint, factors) + output.zeroPoint, output)
  }

/** XNNPACK's product; where its one multiplier is out of the range it takes, TFLite's. */
const product: Arithmetic = (a, b, output) => {
  const multiplier = f(f(a.scale * b.scale) / output.scale)
  const fixed = multiplier >= 2 ** -16 && multiplier < 2 ** 8 ? null : toFixedPoint(multiplier)
  return (x, y) => {
    const value = (x - a.zeroPoint) * (y - b.zeroPoint)
    const scaled = fixed ? multiplyByQuantizedMultiplier(value, fixed) : roundHalfEven(f(f(value) * multiplier))
    return saturate(scaled + output.zeroPoint, output)
  }
}

const quotient: Arithmetic = (a, b, output) => {
  const multiplier = f(f(a.scale / b.scale) / output.scale)
  return (x, y) => {
    const value = f((x - a.zeroPoint) / (y - b.zeroPoint))
    return saturate(roundHalfEven(f(value * multiplier)) + output.zeroPoint, output)
  }
}

const extreme =
  (choose: BytePairFunction): Arithmetic =>
  (a, b, output) =>
  (x, y) =>
    choose(requantize(x, a, output), requantize(y, b, output))

const arithmetics: { readonly [O in BinaryOperator]: Arithmetic } = {
  add: sum(1),
  sub: sum(-1),
  mul: product,
  div: quotient,
  max: extreme(Math.max),
  min: extreme(Math.min),
}

/**
 * What a binary op computes of two bytes. `add` and `sub` by `sumFactors`. `mul`: `rne(f(f(a * b) * M)) + zy`,
 * `M = f(f(s1 * s2) / sy)`; where M is outside of [2^-16, 2^8), in fixed point. No runtime has given bytes for the others, which are
 * defined here: `div` is `rne(f(f(a / b) * f(f(s1 / s2) / sy))) + zy`, where a division by zero saturates and 0 / 0 is the zero
 * point; `max` and `min` are those of both operands requantized to the type of the result, which leaves bytes of that type as
 * they are.
 */
export function bytePairFunction(
  operator: BinaryOperator,
  a: ByteType,
  b: ByteType,
  output: ByteType,
): BytePairFunction {
  return arithmetics[operator](a, b, output)
}
