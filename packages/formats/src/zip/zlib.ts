import { FormatError } from '@depthwise/core'
import { inflate } from './inflate.ts'

/**
 * Unpacks a zlib stream (RFC 1950): two bytes of header, deflated data, and a checksum.
 * @param size what it must unpack to
 * @throws FormatError for another size, checksum or kind of data
 */
export function unzlib(data: Uint8Array, size: number, where: string): Uint8Array {
  const [method = 0, flags = 0] = data
  // Method 8 is deflate; bit 5 of the flags asks for a dictionary that nobody has here.
  if (data.length < 6 || (method & 15) !== 8 || (256 * method + flags) % 31 !== 0 || (flags & 32) !== 0) {
    throw new FormatError({ where, expected: 'a zlib stream', found: 'other bytes' })
  }
  const unpacked = inflate(data.subarray(2, -4), size, where)
  if (unpacked.length !== size) {
    throw new FormatError({ where, expected: `${size} bytes once inflated`, found: `${unpacked.length}` })
  }
  const stored = new DataView(data.buffer, data.byteOffset + data.length - 4).getUint32(0)
  const found = adler32(unpacked)
  if (found !== stored) throw new FormatError({ where, expected: `the checksum ${stored}`, found: `${found}` })
  return unpacked
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0]
  for (let at = 0; at < bytes.length; ) {
    // Sums of so many bytes stay below 2^32 (RFC 1950, section 9).
    const end = Math.min(at + 5552, bytes.length)
    for (; at < end; at += 1) {
      a += bytes[at]!
      b += a
    }
    a %= 65521
    b %= 65521
  }
  return b * 65536 + a
}
