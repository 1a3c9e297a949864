import { type ByteType, saturate } from './byte-type.ts'
import { divideByPowerOfTwo, type FixedPoint, toFixedPoint } from './fixed-point.ts'

const f = Math.fround

/**
 * TFLite's hard swish in 16-bit fixed point (`lite/kernels/internal/reference/hard_swish.h`): the input times 2^7, once in steps of
 * the output and once as `x / 3` in 15 bits, whose product is rounded to the output.
 */
export function hardSwishByte(stored: number, from: ByteType, to: ByteType): number {
  const hires = (stored - from.zeroPoint) * 128
  const hiresScale = f(f(1 / 128) * from.scale)
  const output = in16Bits(toFixedPoint(f(hiresScale / to.scale)))
  const reluish = in16Bits(toFixedPoint(f(hiresScale / f(3 / 32768))))
  const gate = (gateOf(hires, reluish) + 2 ** 15) >> 1
  const product = saturate16(Math.trunc((gate * doubledHigh(hires, output.mantissa)) / 2 ** 15))
  return saturate(divideByPowerOfTwo(product, -output.exponent) + to.zeroPoint, to)
}

/** `x / 3` in 15 bits, saturated to -1 .. 1: the left shift that saturates is done by all but one bit before the product. */
function gateOf(hires: number, { mantissa, exponent }: FixedPoint): number {
  const shifted = exponent > 0 ? saturate16(hires * 2 ** (exponent - 1)) : hires
  const scaled = doubledHigh(shifted, mantissa)
  if (exponent > 0) return saturate16(scaled * 2)
  return divideByPowerOfTwo(scaled, -exponent)
}

/** The 31 bits of a mantissa rounded to 15. */
function in16Bits({ mantissa, exponent }: FixedPoint): FixedPoint {
  return { mantissa: Math.min((mantissa + 2 ** 15) >> 16, 2 ** 15 - 1), exponent }
}

/** `a * b / 2^15`, rounded half away from zero but for negative ties, which go up: `SaturatingRoundingDoublingHighMul`. */
function doubledHigh(a: number, b: number): number {
  const product = a * b
  return saturate16(Math.trunc((product + (product < 0 ? 1 - 2 ** 14 : 2 ** 14)) / 2 ** 15))
}

function saturate16(value: number): number {
  return Math.min(Math.max(value, -(2 ** 15)), 2 ** 15 - 1)
}
