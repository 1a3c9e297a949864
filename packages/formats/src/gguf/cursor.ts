import { FormatError } from '@depthwise/core'
import { decodeStrictly } from '../text.ts'

/** Reads the fields of a header in order, each checked to lie in the file. */
export class Cursor {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Of the next byte to read. */
  get offset(): number {
    return this.#at
  }

  /**
   * Moves past bytes, and returns where they start.
   * @throws FormatError where the file is shorter
   */
  skip(length: number, what: string): number {
    const start = this.#at
    const left = this.#bytes.length - start
    if (length > left) throw this.error(what, `${length} bytes`, `${left} left in the file`)
    this.#at += length
    return start
  }

  u32(what: string): number {
    return this.#view.getUint32(this.skip(4, what), true)
  }

  /** A count or a size. */
  u64(what: string): number {
    const start = this.#at
    const value = this.u32(what) + 2 ** 32 * this.u32(what)
    if (Number.isSafeInteger(value)) return value
    throw this.error(what, 'a number below 2^53', `${value}`, start)
  }

  /** A text with its length in front. */
  text(what: string): string {
    const length = this.u64(`${what}, length`)
    const start = this.skip(length, what)
    const text = decodeStrictly(this.#bytes.subarray(start, start + length))
    if (text === null) throw this.error(what, 'UTF-8', 'other bytes', start)
    return text
  }

  /** The bytes of a value, as `DataView` reads them. */
  value<T>(width: number, what: string, read: (view: DataView, at: number) => T): T {
    return read(this.#view, this.skip(width, what))
  }

  /** An error at a byte, by default at the next one. */
  error(what: string, expected: string, found: string, at: number = this.#at): FormatError {
    return new FormatError({ where: `gguf, ${what}, byte ${at}`, expected, found })
  }
}
