import type { TypedArray } from '@depthwise/core'
import { copyData } from '@depthwise/core/backend'
import { hostIsLittle } from './elements.ts'

/** The bytes of an array as files store them, low byte first. On most hosts that is how they lie in memory: a view. */
export function littleEndianBytes(data: TypedArray): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const width = data.BYTES_PER_ELEMENT
  if (hostIsLittle || width === 1) return bytes
  const swapped = copyData(bytes)
  for (let at = 0; at < swapped.length; at += width) swapped.subarray(at, at + width).reverse()
  return swapped
}
