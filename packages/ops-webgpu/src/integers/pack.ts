import type { Packed } from '../plan/params.ts'

/** Parameters of a kernel on bytes: 32-bit words, written through the view of the same memory that `write` is given. */
export function packWords(length: number, write: (words: Int32Array, reals: Float32Array) => void): Packed {
  return {
    length: Math.ceil(length / 4) * 4,
    dtype: 'float32',
    write(target) {
      write(new Int32Array(target.buffer, target.byteOffset, target.length), target)
    },
  }
}

/** Bytes as words. */
export function packBytes(bytes: Uint8Array): Packed {
  return packWords(bytes.length / 4, words =>
    new Uint8Array(words.buffer, words.byteOffset, words.byteLength).set(bytes),
  )
}
