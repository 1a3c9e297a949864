import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { FormatError } from '@depthwise/core'
import { decodeField } from '../../text.ts'
import { wireTypes } from './encode.ts'
import type { Field, Message, Scalar, Schema } from './message.ts'

const readers: { readonly [S in Scalar]: (reader: BinaryReader) => unknown } = {
  int32: reader => reader.int32(),
  int64: reader => Number(reader.int64()),
  float: reader => reader.float(),
  double: reader => reader.double(),
  string: reader => reader.string(),
  bytes: reader => reader.bytes(),
}

type Values = Record<string, unknown>

/**
 * Reads a message. Fields its schema does not list are passed over, `bytes` are views of the file, and of a field that may
 * stand once the last one counts. Nothing is allocated that the bytes read so far do not pay for: lists grow as their
 * elements are read, and nesting is as deep as the schema, no deeper.
 * @throws FormatError naming the field and its byte: for lengths that leave the message around them, other wire types,
 * groups, and bytes that are no protobuf
 */
export function decode<S extends Schema>(schema: S, bytes: Uint8Array, name: string): Message<S> {
  return new Decoder(bytes).message(schema, bytes.length, name) as Message<S>
}

class Decoder {
  readonly #reader: BinaryReader
  /** The fields around the one being read, as errors name them. */
  readonly #path: string[] = []

  constructor(bytes: Uint8Array) {
    // Given a decoder, the library does not ask the host for one, which some lack.
    this.#reader = new BinaryReader(bytes, decodeField)
  }

  message(schema: Schema, end: number, name: string): Values {
    const reader = this.#reader
    const names = fieldNames(schema)
    const values: Values = {}
    this.#path.push(name)
    while (reader.pos < end) {
      const at = reader.pos
      const [number, wire] = this.#guarded(at, () => reader.tag())
      const field = names.get(number)
      this.#path.push(field ?? `field ${number}`)
      if (field === undefined) this.#skip(wire, at, end)
      else this.#field(schema[field] as Field, field, wire, values, at, end)
      if (reader.pos > end) throw this.#formatError(at, `an end by byte ${end}`, `byte ${reader.pos}`)
      this.#path.pop()
    }
    this.#path.pop()
    return values
  }

  #field(field: Field, name: string, wire: WireType, values: Values, at: number, end: number): void {
    const { type, repeated } = field
    const list = repeated ? ((values[name] ?? []) as unknown[]) : null
    if (list) values[name] = list
    if (typeof type !== 'string') {
      if (wire !== WireType.LengthDelimited) throw this.#formatError(at, 'a message', `wire type ${wire}`)
      const inner = this.#length(at, end)
      const value = this.message(type, inner, list ? `${list.length}` : '')
      if (list) list.push(value)
      else values[name] = value
      return
    }
    const read = (): unknown => this.#guarded(at, () => readers[type](this.#reader))
    if (list && wire === WireType.LengthDelimited && wireTypes[type] !== wire) {
      const inner = this.#length(at, end)
      while (this.#reader.pos < inner) list.push(read())
      if (this.#reader.pos > inner) throw this.#formatError(at, `a run of numbers up to byte ${inner}`, 'half a number')
      return
    }
    if (wire !== wireTypes[type]) throw this.#formatError(at, `wire type ${wireTypes[type]}`, `${wire}`)
    const value = read()
    if (list) list.push(value)
    else values[name] = value
  }

  /** The end of what a length introduces, which must not lie behind `end`. */
  #length(at: number, end: number): number {
    const length = this.#guarded(at, () => this.#reader.uint32())
    const room = end - this.#reader.pos
    if (length > room) throw this.#formatError(at, `a length of at most ${Math.max(room, 0)}`, `${length}`)
    return this.#reader.pos + length
  }

  #skip(wire: WireType, at: number, end: number): void {
    if (wire === WireType.LengthDelimited) this.#reader.pos = this.#length(at, end)
    else if (wire === WireType.StartGroup || wire === WireType.EndGroup) throw this.#formatError(at, 'no group', 'one')
    else this.#guarded(at, () => this.#reader.skip(wire))
  }

  /** The error of the library, with its place. */
  #guarded<T>(at: number, read: () => T): T {
    try {
      return read()
    } catch (cause) {
      const { message } = cause as Error
      throw new FormatError({ where: this.#where(at), expected: 'protobuf', found: message, cause })
    }
  }

  #where(at: number): string {
    return `${this.#path.filter(part => part !== '').join('.')}, byte ${at}`
  }

  #formatError(at: number, expected: string, found: string): FormatError {
    return new FormatError({ where: this.#where(at), expected, found })
  }
}

const numbered = /* @__PURE__ */ new WeakMap<Schema, ReadonlyMap<number, string>>()

/** Names of a schema's fields by their numbers. */
function fieldNames(schema: Schema): ReadonlyMap<number, string> {
  const known = numbered.get(schema) ?? new Map(Object.entries(schema).map(([name, { number }]) => [number, name]))
  numbered.set(schema, known)
  return known
}
