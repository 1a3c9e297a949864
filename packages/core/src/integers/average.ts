import { roundHalfEven } from '../rounding.ts'
import { type ByteType, saturate } from './byte-type.ts'
import { roundHalfAway } from './fixed-point.ts'

const f = Math.fround

/** What makes a mean of a sum of bytes: `sum * scale + offset`. */
export interface MeanFactors {
  readonly scale: number
  readonly offset: number
}

/** `S = f(f(sx / sy) * f(1 / n))` and `Z = f(zy - f(f(n * zx) * S))`, for the mean of `count` bytes. */
export function meanFactors(input: ByteType, output: ByteType, count: number): MeanFactors {
  const scale = f(f(input.scale / output.scale) * f(1 / count))
  return { scale, offset: f(output.zeroPoint - f(f(count * input.zeroPoint) * scale)) }
}

/** The byte of a mean: `rne(f(f(f(sum) * scale) + offset))`, saturated. `sum` is that of the raw bytes. */
export function storeMean(sum: number, { scale, offset }: MeanFactors, output: ByteType): number {
  return saturate(roundHalfEven(f(f(f(sum) * scale) + offset)), output)
}

/** The mean of `count` bytes that sum to `sum`, rounded half away from zero: the average pool of one type. */
export function roundedAverage(sum: number, count: number): number {
  return roundHalfAway(sum / count)
}
