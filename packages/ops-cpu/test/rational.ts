// Exact numbers and their roundings, for definitions that share nothing with what they are held against.

/** `n / d`, the denominator positive. */
export interface Rational {
  readonly n: bigint
  readonly d: bigint
}

export const rational = (n: bigint, d = 1n): Rational => (d < 0n ? { n: -n, d: -d } : { n, d })
export const integer = (n: number): Rational => ({ n: BigInt(n), d: 1n })
export const plus = (a: Rational, b: Rational): Rational => rational(a.n * b.d + b.n * a.d, a.d * b.d)
export const times = (a: Rational, b: Rational): Rational => rational(a.n * b.n, a.d * b.d)
export const over = (a: Rational, b: Rational): Rational => rational(a.n * b.d, a.d * b.n)
export const negated = ({ n, d }: Rational): Rational => ({ n: -n, d })
export const power = (exponent: number): Rational =>
  exponent < 0 ? rational(1n, 2n ** BigInt(-exponent)) : rational(2n ** BigInt(exponent))

/** A double, exactly. */
export function exactly(value: number): Rational {
  let exponent = 0
  let whole = value
  for (; !Number.isInteger(whole); whole *= 2) exponent -= 1
  return times(integer(whole), power(exponent))
}

export const toNumber = ({ n, d }: Rational): number => Number(n) / Number(d)

export function floor({ n, d }: Rational): bigint {
  const quotient = n / d
  return n % d < 0n ? quotient - 1n : quotient
}

/** Half to even. */
export function toEven(value: Rational): bigint {
  const below = floor(value)
  const twice = times(integer(2), plus(value, rational(-below)))
  const isUp = twice.n > twice.d || (twice.n === twice.d && below % 2n !== 0n)
  return isUp ? below + 1n : below
}

/** Half away from zero. */
export function away(value: Rational): bigint {
  const half = rational(1n, 2n)
  return value.n < 0n ? -floor(plus(negated(value), half)) : floor(plus(value, half))
}

/** The largest power of two that is not above a positive number, as its exponent. */
export function exponentOf(value: Rational): number {
  let exponent = value.n.toString(2).length - value.d.toString(2).length
  if (plus(value, negated(power(exponent))).n < 0n) exponent -= 1
  return exponent
}

/** The nearest float32, half to even; the range of its exponent has no upper end here. */
export function toFloat32(value: Rational): Rational {
  if (value.n === 0n) return value
  const magnitude = value.n < 0n ? negated(value) : value
  const unit = power(Math.max(exponentOf(magnitude), -126) - 23)
  return times(rational(toEven(over(value, unit))), unit)
}
