import { runInNewContext } from 'node:vm'
import type { BytesLike } from '@depthwise/core'

/** The same bytes as a caller may hold them, and the memory around them that is the caller's. */
export interface Held {
  readonly source: BytesLike
  readonly memory: Uint8Array
}

const offset = 3
const around = 0xa5

/** Bytes in the middle of memory, so that they start at an odd offset and end before the end. */
function embedded(bytes: Uint8Array, memory: ArrayBufferLike): Uint8Array {
  new Uint8Array(memory).fill(around)
  const view = new Uint8Array(memory, offset, bytes.length)
  view.set(bytes)
  return view
}

const inside = (bytes: Uint8Array): Uint8Array => embedded(bytes, new ArrayBuffer(bytes.length + 9))
const held = (source: ArrayBufferView): Held => ({ source, memory: new Uint8Array(source.buffer) })

const otherRealm = runInNewContext('bytes => Uint8Array.from(bytes)') as (bytes: Uint8Array) => Uint8Array

/** Every kind of bytes that callers have. */
export const kindsOfBytes: Readonly<Record<string, (bytes: Uint8Array) => Held>> = {
  'a Buffer at an odd offset': bytes => {
    const view = inside(bytes)
    return held(Buffer.from(view.buffer, view.byteOffset, view.byteLength))
  },
  'a pooled Buffer': bytes => {
    const before = Buffer.poolSize
    Buffer.poolSize = 4 * bytes.length + 64
    try {
      const source = Buffer.from(bytes)
      // The rest of the pool belongs to other buffers.
      return { source, memory: new Uint8Array(source.buffer, source.byteOffset, source.byteLength) }
    } finally {
      Buffer.poolSize = before
    }
  },
  'a DataView': bytes => {
    const view = inside(bytes)
    return held(new DataView(view.buffer, view.byteOffset, view.byteLength))
  },
  'an ArrayBuffer': bytes => {
    const source = Uint8Array.from(bytes).buffer
    return { source, memory: new Uint8Array(source) }
  },
  'a SharedArrayBuffer': bytes => {
    const source = new SharedArrayBuffer(bytes.length)
    const memory = new Uint8Array(source)
    memory.set(bytes)
    return { source, memory }
  },
  'a view of shared memory': bytes => held(embedded(bytes, new SharedArrayBuffer(bytes.length + 9))),
  'an array of another realm': bytes => held(otherRealm(bytes)),
}
