import { encodeText } from '../../text.ts'
import type { TableSchema } from '../table.ts'

/** What a field of a table, or an element of a vector, is written as. */
export type Part = Scalar | TablePart | VectorPart

interface Scalar {
  readonly kind: 'scalar'
  readonly width: 1 | 4
  readonly write: (view: DataView, at: number) => void
}

/** A table: its fields by slot, null where they keep their default. */
interface TablePart {
  readonly kind: 'table'
  readonly slots: readonly (Part | null)[]
}

type VectorPart = ReferenceVector | DataVector

/** A vector of tables or strings, each of which stands elsewhere. */
interface ReferenceVector {
  readonly kind: 'references'
  readonly elements: readonly Part[]
}

/** A vector of numbers: how many, their bytes, and what their place is a multiple of. */
interface DataVector {
  readonly kind: 'data'
  readonly count: number
  readonly data: Uint8Array
  readonly alignment: number
  /** Strings end in a zero that does not count. */
  readonly terminated: boolean
}

export const int8 = (value: number): Part => ({
  kind: 'scalar',
  width: 1,
  write: (view, at) => view.setInt8(at, value),
})
export const int32 = (value: number): Part => ({
  kind: 'scalar',
  width: 4,
  write: (view, at) => view.setInt32(at, value, true),
})
export const float32 = (value: number): Part => ({
  kind: 'scalar',
  width: 4,
  write: (view, at) => view.setFloat32(at, value, true),
})
export const vector = (elements: readonly Part[]): Part => ({ kind: 'references', elements })

/** Bytes of any content, at a multiple of `alignment`. */
export function bytes(data: Uint8Array, alignment = 1): Part {
  return { kind: 'data', count: data.length, data, alignment, terminated: false }
}

export function text(value: string): Part {
  return { ...(bytes(encodeText(value)) as DataVector), terminated: true }
}

export const int32s = (values: readonly number[]): Part =>
  numbers(values, 4, (view, at, value) => view.setInt32(at, value, true))
export const float32s = (values: readonly number[]): Part =>
  numbers(values, 4, (view, at, value) => view.setFloat32(at, value, true))
export const int64s = (values: readonly number[]): Part =>
  numbers(values, 8, (view, at, value) => view.setBigInt64(at, BigInt(value), true))

function numbers(
  values: readonly number[],
  width: number,
  write: (view: DataView, at: number, value: number) => void,
): Part {
  const data = new Uint8Array(values.length * width)
  const view = new DataView(data.buffer)
  for (const [i, value] of values.entries()) write(view, i * width, value)
  return { kind: 'data', count: values.length, data, alignment: width, terminated: false }
}

/** A table by the names of its fields; those that are left out keep their defaults. */
export function table<F extends string>(
  { fields }: TableSchema<F>,
  values: { readonly [G in F]?: Part | undefined },
): Part {
  const last = fields.findLastIndex(field => values[field] !== undefined)
  return { kind: 'table', slots: fields.slice(0, last + 1).map(field => values[field] ?? null) }
}

/**
 * A flatbuffer with this root (https://flatbuffers.dev/internals): offset of the root, identifier, then everything that is
 * referred to behind what refers to it. A part that stands in several places is written once.
 */
export function encodeFlatBuffer(root: Part, identifier: string): Uint8Array {
  const layout = new Layout()
  layout.refer(root, 0)
  layout.place()
  const file = new Uint8Array(layout.end)
  file.set(encodeText(identifier), 4)
  const view = new DataView(file.buffer)
  for (const write of layout.writes) write(view, file)
  return file
}

type Write = (view: DataView, file: Uint8Array) => void

const up = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple

/** Offsets are this wide, and so is the count before a vector. */
const word = 4

class Layout {
  end = 8
  readonly writes: Write[] = []
  readonly #places = new Map<Part, number>()
  readonly #references: { readonly part: Part; readonly at: number }[] = []

  refer(part: Part, at: number): void {
    this.#references.push({ part, at })
  }

  place(): void {
    // The list grows while it is walked.
    for (const { part, at } of this.#references) {
      const target = this.#places.get(part) ?? this.#placed(part)
      this.#places.set(part, target)
      this.writes.push(view => view.setUint32(at, target - at, true))
    }
  }

  #placed(part: Part): number {
    if (part.kind === 'table') return this.#table(part)
    if (part.kind === 'references') return this.#referenceVector(part)
    if (part.kind === 'data') return this.#dataVector(part)
    throw new TypeError('a number stands in its table')
  }

  #dataVector({ count, data, alignment, terminated }: DataVector): number {
    const at = up(this.end + word, Math.max(alignment, word)) - word
    this.end = at + word + data.length + Number(terminated)
    this.writes.push((view, file) => {
      view.setUint32(at, count, true)
      file.set(data, at + word)
    })
    return at
  }

  #referenceVector({ elements }: ReferenceVector): number {
    const at = up(this.end, word)
    this.end = at + word * (1 + elements.length)
    this.writes.push(view => view.setUint32(at, elements.length, true))
    for (const [i, element] of elements.entries()) this.refer(element, at + word * (1 + i))
    return at
  }

  /** The vtable stands in front: its length, that of the table, and where each field lies in the table. */
  #table({ slots }: TablePart): number {
    const vtable = up(this.end, 2)
    const vtableLength = 4 + 2 * slots.length
    const at = up(vtable + vtableLength, word)
    const places = new Uint16Array(slots.length)
    let length = word
    // Wide fields first, so that none needs filling in front of it.
    for (const width of [word, 1]) {
      for (const [slot, part] of slots.entries()) {
        if (!part || widthOf(part) !== width) continue
        places[slot] = length
        length += width
      }
    }
    this.end = at + length
    this.writes.push(view => {
      view.setUint16(vtable, vtableLength, true)
      view.setUint16(vtable + 2, length, true)
      for (const [slot, place] of places.entries()) view.setUint16(vtable + 4 + 2 * slot, place, true)
      view.setInt32(at, at - vtable, true)
    })
    for (const [slot, part] of slots.entries()) if (part) this.#field(part, at + (places[slot] as number))
    return at
  }

  #field(part: Part, at: number): void {
    if (part.kind === 'scalar') this.writes.push(view => part.write(view, at))
    else this.refer(part, at)
  }
}

const widthOf = (part: Part): number => (part.kind === 'scalar' ? part.width : word)
