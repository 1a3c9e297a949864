import { FormatError } from '@depthwise/core'
import { Inflate } from 'fflate'

/** Deflate packs no more than 258 bytes into 2 bits. */
const largestRatio = 1032

/**
 * Inflates in small steps, so that data which unpacks to more than it says is found out before it is large.
 * @param size what it must unpack to
 * @throws FormatError for other sizes, and for data that is not deflated
 */
export function inflate(data: Uint8Array, size: number, where: string): Uint8Array {
  if (size > data.length * largestRatio) {
    const expected = `at most ${data.length * largestRatio} bytes out of ${data.length}`
    throw new FormatError({ where, expected, found: `${size}` })
  }
  const unpacked = new Uint8Array(size)
  let length = 0
  const stream = new Inflate(chunk => {
    if (length + chunk.length > size) {
      throw new FormatError({ where, expected: `${size} bytes once inflated`, found: 'more' })
    }
    unpacked.set(chunk, length)
    length += chunk.length
  })
  // Each step can come out 1032 times as long: 16 MiB at most. Smaller ones take longer, since each copies its window.
  const step = 16384
  try {
    for (let at = 0; at < data.length; at += step) {
      stream.push(data.subarray(at, at + step), at + step >= data.length)
    }
  } catch (cause) {
    if (cause instanceof FormatError) throw cause
    throw new FormatError({ where, expected: 'deflated data', found: 'data that does not inflate', cause })
  }
  return unpacked.subarray(0, length)
}
