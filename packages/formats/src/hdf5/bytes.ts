import { FormatError } from '@depthwise/core'
import { decodeText } from '../text.ts'

/** Where an object of a heap lies. */
export interface HeapObject {
  readonly at: number
  readonly length: number
}

/**
 * The bytes of an HDF5 file, read with every address checked and every byte paid for. Addresses lead anywhere in the file,
 * so a small file can describe a tree without end; but a sound one has each byte of its structure read about once. Whoever
 * reads therefore spends, and the budget grows with the file: time is linear in its size, whatever it says.
 */
export class Hdf5Bytes {
  readonly bytes: Uint8Array
  /** Collections of the global heap that have been looked through, by address. */
  readonly heaps: Map<number, ReadonlyMap<number, HeapObject>> = new Map()
  readonly #view: DataView
  #budget: number
  #unpacked: number

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#budget = 2 ** 16 + 4 * bytes.length
    // Weights do not shrink: what inflates to much more than the file is no checkpoint.
    this.#unpacked = 2 ** 24 + 4 * bytes.length
  }

  /** Pays for `size` bytes that chunks are about to be put together in. */
  unpack(size: number, where: string): void {
    this.#unpacked -= size
    if (this.#unpacked >= 0) return
    const expected = `at most ${2 ** 24 + 4 * this.bytes.length} bytes out of ${this.bytes.length}`
    throw new FormatError({ where, expected, found: 'more' })
  }

  /** Pays for a structure of `length` bytes that is about to be read at `at`, and sees to it that it lies in the file. */
  enter(at: number, length: number, where: string): void {
    if (!(at >= 0 && length >= 0 && at + length <= this.bytes.length)) {
      const found = `a file of ${this.bytes.length} bytes`
      throw new FormatError({ where: `${where}, byte ${at}`, expected: `${length} bytes there`, found })
    }
    // Something for the step itself, so that steps over no bytes come to an end too.
    this.#budget -= length + 16
    if (this.#budget >= 0) return
    throw new FormatError({
      where,
      expected: 'a file whose parts are read about once each',
      found: `more than ${4 * this.bytes.length} bytes to read out of ${this.bytes.length}`,
    })
  }

  /** `enter`, for a structure that starts with four letters. */
  enterSigned(at: number, length: number, signature: string, where: string): void {
    this.enter(at, length, where)
    const found = decodeText(this.bytes.subarray(at, at + 4))
    if (found === signature) return
    throw new FormatError({ where: `${where}, byte ${at}`, expected: `"${signature}"`, found: JSON.stringify(found) })
  }

  u8(at: number): number {
    return this.#view.getUint8(at)
  }

  u16(at: number): number {
    return this.#view.getUint16(at, true)
  }

  u32(at: number): number {
    return this.#view.getUint32(at, true)
  }

  /** Addresses and lengths; those over 2^53 come out rounded, which is beyond any file all the same. */
  u64(at: number): number {
    return this.u32(at) + 2 ** 32 * this.u32(at + 4)
  }

  /** Bytes up to a zero, or `length` of them. */
  text(at: number, length: number): string {
    const field = this.bytes.subarray(at, at + length)
    const end = field.indexOf(0)
    return decodeText(end < 0 ? field : field.subarray(0, end))
  }
}

/** What stands where an address is left out. */
export const undefinedAddress: number = 2 ** 64
