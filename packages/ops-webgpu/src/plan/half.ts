/** The float32 as a float16's bits, to nearest even (IEEE 754-2008, section 4.3.1); too large becomes infinite. */
function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  // 65520 and above round to infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  if (magnitude >= 0x38800000) {
    // Normal: drop 13 bits of the mantissa; the carry may run into the exponent, which is right.
    const odd = (magnitude >>> 13) & 1
    return sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13)
  }
  // Subnormal: units of 2^-24, below half a unit zero.
  const shift = 126 - (magnitude >>> 23)
  if (shift > 24) return sign
  const mantissa = (magnitude & 0x7fffff) | 0x800000
  const units = mantissa >>> shift
  const rest = mantissa & ((1 << shift) - 1)
  const half = 1 << (shift - 1)
  return sign | (units + (rest > half || (rest === half && (units & 1) === 1) ? 1 : 0))
}

/** Converts float32 to float16, as bits: not every engine has `Float16Array`. */
export function toHalf(source: Float32Array<ArrayBuffer>, target: Uint16Array): void {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length)
  for (let i = 0; i < bits.length; i++) target[i] = halfBits(bits[i]!)
}
