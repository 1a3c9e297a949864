import { randomIntegers } from '@depthwise/testing/random-integers'

/** Values that break length fields, by which a random one would hardly ever be hit. */
const extremes = [0, 1, 2, 7, 127, 128, 255, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff]

/**
 * A file that once was a seed: cut, flipped, overwritten with extreme numbers, parts moved, doubled or left out, up to
 * eight times over. The same number gives the same file.
 */
export function mutant(seeds: readonly Uint8Array[], number: number): Uint8Array {
  const below = randomIntegers(number)
  let bytes = Uint8Array.from(seeds[below(seeds.length)] as Uint8Array)
  for (let change = below(8); change >= 0; change -= 1) bytes = mutate(bytes, below)
  return bytes
}

function mutate(bytes: Uint8Array<ArrayBuffer>, below: (bound: number) => number): Uint8Array<ArrayBuffer> {
  if (bytes.length === 0) return bytes
  const at = below(bytes.length)
  const length = 1 + below(Math.min(64, bytes.length - at))
  const part = bytes.subarray(at, at + length)
  switch (below(10)) {
    case 0:
      return bytes.slice(0, at)
    case 1:
      return joined(bytes.subarray(0, at), bytes.subarray(at + length))
    case 2:
      return joined(bytes.subarray(0, at), part, bytes.subarray(at))
    case 3:
      bytes.copyWithin(below(bytes.length), at, at + length)
      return bytes
    case 4:
      part.fill(extremes[below(extremes.length)] as number)
      return bytes
    case 5:
    case 6: {
      const view = new DataView(bytes.buffer)
      const value = extremes[below(extremes.length)] as number
      if (at + 4 <= bytes.length) view.setUint32(at, value, below(4) > 0)
      return bytes
    }
    case 7:
      bytes[at] = below(256)
      return bytes
    default:
      bytes[at] = (bytes[at] as number) ^ (1 << below(8))
      return bytes
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
