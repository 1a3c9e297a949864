/** A growing run of bytes in the encodings of the binary format. */
export class Bytes {
  #bytes = new Uint8Array(256)
  length = 0

  u8(value: number): this {
    if (this.length === this.#bytes.length) this.#grow(1)
    this.#bytes[this.length++] = value
    return this
  }

  /** Unsigned LEB128, up to 32 bits. */
  u32(value: number): this {
    let rest = value >>> 0
    while (rest > 0x7f) {
      this.u8((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    return this.u8(rest)
  }

  /** Signed LEB128 of a 32-bit integer. */
  s32(value: number): this {
    let rest = value | 0
    while (rest < -64 || rest > 63) {
      this.u8((rest & 0x7f) | 0x80)
      rest >>= 7
    }
    return this.u8(rest & 0x7f)
  }

  /** Signed LEB128 of a 64-bit integer. */
  s64(value: bigint): this {
    let rest = BigInt.asIntN(64, value)
    while (rest < -64n || rest > 63n) {
      this.u8(Number(rest & 0x7fn) | 0x80)
      rest >>= 7n
    }
    return this.u8(Number(rest & 0x7fn))
  }

  f32(value: number): this {
    return this.raw(new Uint8Array(new Float32Array([value]).buffer))
  }

  f64(value: number): this {
    return this.raw(new Uint8Array(new Float64Array([value]).buffer))
  }

  raw(bytes: ArrayLike<number>): this {
    if (this.length + bytes.length > this.#bytes.length) this.#grow(bytes.length)
    this.#bytes.set(bytes, this.length)
    this.length += bytes.length
    return this
  }

  /** A length and that many bytes: names, sections, bodies. */
  sized(bytes: Bytes): this {
    return this.u32(bytes.length).raw(bytes.view())
  }

  /** ASCII, which all names here are. */
  name(text: string): this {
    this.u32(text.length)
    for (let i = 0; i < text.length; i++) this.u8(text.charCodeAt(i))
    return this
  }

  /** An opcode of a table's row. */
  opcode(code: number): this {
    if (code < 0x100) return this.u8(code)
    return this.u8(code >> 12).u32(code & 0xfff)
  }

  /** The bytes so far, not copied. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.length)
  }

  #grow(room: number): void {
    const grown = new Uint8Array(2 * (this.length + room))
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}
