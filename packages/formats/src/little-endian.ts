import type { TypedArray } from '@depthwise/core'
import { copyData } from '@depthwise/core/backend'
import { hostIsLittle } from './elements.ts'

/** The bytes of an array as files store them, low byte first. On most hosts that is how they lie in memory: a view. */
export function littleEndianBytes(data: TypedArray): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const width = data.BYTES_PER_ELEMENT
  return hostIsLittle || width === 1 ? bytes : swapped(copyData(bytes), width)
}

/** A copy of elements that a file stores low byte first, as this host reads them, in memory of its own. */
export function inHostOrder(stored: Uint8Array, width: number): ArrayBuffer {
  const bytes = new Uint8Array(stored)
  return (hostIsLittle || width === 1 ? bytes : swapped(bytes, width)).buffer
}

function swapped<A extends Uint8Array>(bytes: A, width: number): A {
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse()
  return bytes
}
