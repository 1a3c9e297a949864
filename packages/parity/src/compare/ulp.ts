/**
 * Where a float32 stands on the line of all float32 numbers, given its bits as a signed integer: neighbours differ by one,
 * both zeros stand at 0.
 */
export function position(bits: number): number {
  return bits >= 0 ? bits : -(bits & 0x7fffffff)
}

/** The bits of float32 numbers as signed integers, over the same memory. */
export function bitsOf({ buffer, byteOffset, length }: Float32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length)
}

/** Which bin of the histogram a distance falls into: 0 for none, `k` for 2^(k-1) up to but not including 2^k. */
export function binOf(distance: number): number {
  return distance === 0 ? 0 : 1 + Math.floor(Math.log2(distance))
}

/** What a bin holds, in words: `0`, `1`, `2..3`, `4..7`, ... */
export function binLabel(bin: number): string {
  if (bin < 2) return `${bin}`
  return `${2 ** (bin - 1)}..${2 ** bin - 1}`
}
