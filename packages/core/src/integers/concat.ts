import { type ByteType, sameBytes, saturate } from './byte-type.ts'
import { roundHalfAway } from './fixed-point.ts'

const f = Math.fround

/** `x * scale + offset`, which restates a byte in another type. */
export interface ConcatFactors {
  readonly scale: number
  readonly offset: number
}

/** `s = f(sx * f(1 / sy))` and `b = f(-zx * s)` for an operand of `concat`; null where its bytes are copied. */
export function concatFactors(from: ByteType, to: ByteType): ConcatFactors | null {
  if (sameBytes(from, to)) return null
  const scale = f(from.scale * f(1 / to.scale))
  return { scale, offset: f(-from.zeroPoint * scale) }
}

/** The byte of an operand in the result: `round(f(f(x * s) + b)) + zy`, half away from zero, saturated. */
export function joinedByte(stored: number, factors: ConcatFactors | null, to: ByteType): number {
  if (!factors) return stored
  return saturate(roundHalfAway(f(f(stored * factors.scale) + factors.offset)) + to.zeroPoint, to)
}
