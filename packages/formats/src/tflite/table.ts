import { FormatError } from '@depthwise/core'
import { decodeText } from '../text.ts'
import { FlatBuffer } from './flatbuffer.ts'

/**
 * A table of a flatbuffer schema: its name as errors spell it, and its fields in the order of their slots. A union takes
 * two slots, its type before its value.
 */
export interface TableSchema<F extends string = string> {
  readonly name: string
  readonly fields: readonly F[]
}

/**
 * The table a flatbuffer starts with.
 * @throws FormatError for another file identifier (the four bytes after the first offset)
 */
export function rootTable<F extends string>(bytes: Uint8Array, schema: TableSchema<F>, identifier: string): Table<F> {
  const buffer = new FlatBuffer(bytes)
  buffer.claim(0, 8, `${schema.name} header`)
  const found = decodeText(bytes.subarray(4, 8))
  if (found !== identifier) {
    const where = 'file identifier, byte 4'
    throw new FormatError({ where, expected: `"${identifier}"`, found: JSON.stringify(found) })
  }
  return new Table(buffer, schema, buffer.follow(0, `root ${schema.name}`))
}

/** One table: its fields by name, each absent or within the table's inline bytes. */
export class Table<F extends string = string> {
  readonly buffer: FlatBuffer
  readonly #name: string
  readonly #fields: readonly string[]
  readonly #offset: number
  readonly #vtable: number
  readonly #slots: number
  readonly #inline: number

  constructor(buffer: FlatBuffer, schema: TableSchema<F>, offset: number) {
    buffer.claim(offset, 4, schema.name)
    const vtable = offset - buffer.view.getInt32(offset, true)
    buffer.claim(vtable, 4, `vtable of ${schema.name}`)
    const length = buffer.view.getUint16(vtable, true)
    const inline = buffer.view.getUint16(vtable + 2, true)
    if (length < 4 || length % 2 !== 0 || inline < 4) {
      throw new FormatError({
        where: `vtable of ${schema.name}, byte ${vtable}`,
        expected: 'an even length of at least 4, for a table of at least 4 bytes',
        found: `${length} and ${inline}`,
      })
    }
    buffer.claim(vtable, length, `vtable of ${schema.name}`)
    buffer.claim(offset, inline, schema.name)
    this.buffer = buffer
    this.#name = schema.name
    this.#fields = schema.fields
    this.#offset = offset
    this.#vtable = vtable
    this.#slots = length / 2 - 2
    this.#inline = inline
  }

  /** How errors point at a field. */
  where(field: F): string {
    return `${this.#name}.${field} of the table at byte ${this.#offset}`
  }

  has(field: F): boolean {
    return this.#position(field, 0) !== 0
  }

  int8(field: F, absent = 0): number {
    const at = this.#position(field, 1)
    return at ? this.buffer.view.getInt8(at) : absent
  }

  uint8(field: F, absent = 0): number {
    const at = this.#position(field, 1)
    return at ? this.buffer.view.getUint8(at) : absent
  }

  int32(field: F, absent = 0): number {
    const at = this.#position(field, 4)
    return at ? this.buffer.view.getInt32(at, true) : absent
  }

  uint32(field: F, absent = 0): number {
    const at = this.#position(field, 4)
    return at ? this.buffer.view.getUint32(at, true) : absent
  }

  float32(field: F, absent = 0): number {
    const at = this.#position(field, 4)
    return at ? this.buffer.view.getFloat32(at, true) : absent
  }

  table<G extends string>(field: F, schema: TableSchema<G>): Table<G> | null {
    const at = this.#position(field, 4)
    return at ? new Table(this.buffer, schema, this.buffer.follow(at, this.where(field))) : null
  }

  /** A vector of tables; an absent one is empty. Elements are checked when they are asked for. */
  tables<G extends string>(field: F, schema: TableSchema<G>): TableVector<G> {
    const { start, length } = this.#vector(field, 4)
    const read = (index: number): Table<G> => {
      const where = `${this.where(field)}, element ${index}`
      if (!(index >= 0 && index < length)) {
        throw new FormatError({ where, expected: `an index below ${length}`, found: `${index}` })
      }
      this.buffer.spend(4, where)
      return new Table(this.buffer, schema, this.buffer.follow(start + 4 * index, where))
    }
    return { length, at: read }
  }

  string(field: F): string {
    return this.#paid(field, 1, (start, length) => decodeText(this.buffer.bytes.subarray(start, start + length)))
  }

  /** A vector of bytes, as a view of the file. */
  bytes(field: F): Uint8Array {
    const { start, length } = this.#vector(field, 1)
    return this.buffer.bytes.subarray(start, start + length)
  }

  int32s(field: F): readonly number[] {
    return this.#numbers(field, 4, at => this.buffer.view.getInt32(at, true))
  }

  float32s(field: F): readonly number[] {
    return this.#numbers(field, 4, at => this.buffer.view.getFloat32(at, true))
  }

  /** 64-bit integers as numbers, rounded beyond 2^53. */
  int64s(field: F): readonly number[] {
    return this.#numbers(field, 8, at => Number(this.buffer.view.getBigInt64(at, true)))
  }

  #numbers(field: F, width: number, read: (at: number) => number): readonly number[] {
    return this.#paid(field, width, (start, length) => Array.from({ length }, (_, i) => read(start + i * width)))
  }

  #paid<T>(field: F, width: number, read: (start: number, length: number) => T): T {
    const { start, length } = this.#vector(field, width)
    this.buffer.spend(length * width, this.where(field))
    return read(start, length)
  }

  /** Where a field lies, or 0 when the table has none of that name: then it takes its default. */
  #position(field: F, width: number): number {
    const slot = this.#fields.indexOf(field)
    const distance = slot < this.#slots ? this.buffer.view.getUint16(this.#vtable + 4 + 2 * slot, true) : 0
    if (distance === 0) return 0
    if (distance < 4 || distance + width > this.#inline) {
      throw new FormatError({
        where: `${this.where(field)}, in its vtable at byte ${this.#vtable}`,
        expected: `a place for ${width} bytes within the table's ${this.#inline}`,
        found: `${distance}`,
      })
    }
    return this.#offset + distance
  }

  #vector(field: F, width: number): { readonly start: number; readonly length: number } {
    const at = this.#position(field, 4)
    if (at === 0) return { start: 0, length: 0 }
    const head = this.buffer.follow(at, this.where(field))
    const length = this.buffer.view.getUint32(head, true)
    this.buffer.claim(head + 4, length * width, `${this.where(field)}, ${length} elements`)
    return { start: head + 4, length }
  }
}

/** Tables by index; `at` throws FormatError for an index the vector has not. */
export interface TableVector<F extends string> {
  readonly length: number
  at(index: number): Table<F>
}
