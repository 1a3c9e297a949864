import { FormatError } from '@depthwise/core'

/**
 * Bytes laid out as a flatbuffer (https://flatbuffers.dev/internals), read with every offset checked. The `flatbuffers`
 * package verifies nothing in JavaScript: a bad offset there reads as zeros or undefined, and a length is believed.
 *
 * Offsets are unsigned and lead forward, except a table's to its vtable, which leads nowhere else; so a walk cannot run in
 * circles. It can run over the same bytes again and again, since many offsets may share one target: therefore everything
 * that is copied out is paid for from a budget that grows with the file.
 */
export class FlatBuffer {
  readonly bytes: Uint8Array
  readonly view: DataView
  #budget: number

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#budget = copies * bytes.length
  }

  /**
   * The target of the unsigned offset stored at `at`.
   * @throws FormatError when it lies outside the file
   */
  follow(at: number, where: string): number {
    this.claim(at, 4, where)
    const distance = this.view.getUint32(at, true)
    if (distance < 4 || at + distance > this.bytes.length - 4) {
      throw new FormatError({
        where: `${where}, offset at byte ${at}`,
        expected: `an offset from 4 to ${Math.max(4, this.bytes.length - 4 - at)}`,
        found: `${distance}`,
      })
    }
    return at + distance
  }

  /** @throws FormatError unless `length` bytes from `at` lie within the file */
  claim(at: number, length: number, where: string): void {
    if (at < 0 || at + length > this.bytes.length) {
      throw new FormatError({
        where: `${where}, byte ${at}`,
        expected: `${length} bytes there`,
        found: `a file of ${this.bytes.length} bytes`,
      })
    }
  }

  /**
   * Pays for `length` bytes that are about to be copied.
   * @throws FormatError once the file has been copied four times over; a sound one has each byte read about once
   */
  spend(length: number, where: string): void {
    this.#budget -= length
    if (this.#budget < 0) {
      throw new FormatError({
        where,
        expected: 'a file whose parts are read about once each',
        found: `more than ${copies * this.bytes.length} bytes to copy out of ${this.bytes.length}`,
      })
    }
  }
}

const copies = 4
