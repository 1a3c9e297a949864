import { roundHalfEven } from './rounding.ts'

/** IEEE 754 binary16 to a number: 1 sign, 5 exponent and 10 fraction bits. */
export function fromHalf(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The bits of a float32. */
const bitsOf = /* @__PURE__ */ (() => {
  const word = new Float32Array(1)
  const bits = new Uint32Array(word.buffer)
  return (value: number): number => {
    word[0] = value
    return bits[0] as number
  }
})()

/** The binary16 nearest to a float32, ties to even; infinity from 65520 on. */
export function toHalf(value: number): number {
  const bits = bitsOf(value)
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  // 65520 lies half way between the largest half, 65504, and what would follow it.
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  // Below 2^-14 halves are the multiples of 2^-24.
  if (magnitude < 0x38800000) return sign | roundHalfEven(Math.abs(value) * 2 ** 24)
  // 13 fraction bits go; the carry of the rounding may run into the exponent, which is then the right one.
  const rebiased = magnitude - (112 << 23)
  return sign | ((rebiased + 0xfff + ((rebiased >>> 13) & 1)) >>> 13)
}
