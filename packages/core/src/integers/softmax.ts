import { type ByteType, saturate } from './byte-type.ts'
import { roundHalfAway } from './fixed-point.ts'

const f = Math.fround

/**
 * `exp` of every difference between the largest byte of a row and another: `T[k] = f(exp(f(c * k)))`, where
 * `c = f(-f(scale * beta))`.
 */
export function softmaxTable(input: ByteType, beta = 1): Float32Array<ArrayBuffer> {
  const c = f(-f(input.scale * f(beta)))
  return Float32Array.from({ length: 256 }, (_, k) => Math.exp(f(c * k)))
}

/** What entries of the table are multiplied by: `f(1 / f(sum * sy))`, where `sum` is the row's in float32, first to last. */
export function softmaxFactor(sum: number, output: ByteType): number {
  return f(1 / f(sum * output.scale))
}

/** The byte of a probability in steps of the output. TFLite rounds uint8 by adding a half, and int8 half away from zero. */
export function storeProbability(steps: number, output: ByteType): number {
  const rounded = output.dtype === 'uint8' ? Math.trunc(f(steps + 0.5)) : roundHalfAway(steps)
  return saturate(rounded + output.zeroPoint, output)
}
