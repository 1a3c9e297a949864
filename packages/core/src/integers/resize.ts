import { roundHalfEven } from '../rounding.ts'

/** Bits of the weight by which a quantized resize weighs one of two rows. */
const weightBits = 11

/** What both weights of two rows sum to. */
export const resizeUnit: number = 2 ** weightBits

/** Bits of the sum of four weighted bytes, half of which rounds it. */
export const resizeShift: number = 2 * weightBits

/** The weight of the upper of two rows (the right of two columns) by how far towards it a result lies. */
export function resizeWeight(fraction: number): number {
  return roundHalfEven(fraction * resizeUnit)
}

/** The byte between four, `[upper left, upper right, lower left, lower right]`, by the weights of the right column and the lower row. */
export function resizedByte([a, b, c, d]: readonly [number, number, number, number], x: number, y: number): number {
  const upper = a * resizeUnit + (b - a) * x
  const lower = c * resizeUnit + (d - c) * x
  return (upper * resizeUnit + (lower - upper) * y + 2 ** (resizeShift - 1)) >> resizeShift
}
