// A small flatbuffer encoder for the tests, written against the format's description alone (https://flatbuffers.dev/internals)
// and apart from the reader under test. Parents are laid out before their children, so that every offset points forward.

/** What a slot of a table or an element of a vector can hold. */
export type Part =
  | { readonly kind: 'scalar'; readonly width: 1 | 4 | 8; readonly write: (view: DataView, at: number) => void }
  | { readonly kind: 'table'; readonly slots: readonly (Part | null)[] }
  | { readonly kind: 'vector'; readonly elements: readonly Part[] }
  | { readonly kind: 'bytes'; readonly data: Uint8Array; readonly terminated: boolean }

export const i8 = (value: number): Part => ({ kind: 'scalar', width: 1, write: (view, at) => view.setInt8(at, value) })
export const i32 = (value: number): Part => ({
  kind: 'scalar',
  width: 4,
  write: (view, at) => view.setInt32(at, value, true),
})
export const f32 = (value: number): Part => ({
  kind: 'scalar',
  width: 4,
  write: (view, at) => view.setFloat32(at, value, true),
})
export const i64 = (value: number): Part => ({
  kind: 'scalar',
  width: 8,
  write: (view, at) => view.setBigInt64(at, BigInt(value), true),
})
export const table = (...slots: (Part | null)[]): Part => ({ kind: 'table', slots })
export const vector = (elements: readonly Part[]): Part => ({ kind: 'vector', elements })
export const bytes = (data: Uint8Array): Part => ({ kind: 'bytes', data, terminated: false })
export const text = (value: string): Part => ({
  kind: 'bytes',
  data: new TextEncoder().encode(value),
  terminated: true,
})

/**
 * The bytes of a flatbuffer with this root. A part that stands in several places of one level is written once and shared.
 */
export function encode(root: Part, identifier: string): Uint8Array {
  const layout = new Layout()
  layout.refer(root, 0)
  layout.placeAll()
  const out = new Uint8Array(layout.end)
  out.set(new TextEncoder().encode(identifier), 4)
  const view = new DataView(out.buffer)
  for (const write of layout.writes) write(view)
  return out
}

class Layout {
  /** After the root offset and the identifier. */
  end = 8
  readonly writes: ((view: DataView) => void)[] = []
  readonly #placed = new Map<Part, number>()
  readonly #references: { readonly part: Part; readonly at: number }[] = []

  /** Notes that `part`, to be placed later, is what the offset at `at` leads to. */
  refer(part: Part, at: number): void {
    this.#references.push({ part, at })
  }

  /** Level by level: everything that refers to a part stands before it. */
  placeAll(): void {
    for (const { part, at } of this.#references) {
      const target = this.#placed.get(part) ?? this.#place(part)
      this.writes.push(view => view.setUint32(at, target - at, true))
    }
  }

  #place(part: Part): number {
    if (part.kind === 'scalar') throw new Error('a scalar has no place of its own')
    const at = part.kind === 'table' ? this.#placeTable(part) : this.#placeVector(part)
    this.#placed.set(part, at)
    return at
  }

  /** Elements are aligned to their own width, the count before them to four. */
  #placeVector(part: Part & { readonly kind: 'vector' | 'bytes' }): number {
    const elements = part.kind === 'bytes' ? [] : part.elements
    const count = part.kind === 'bytes' ? part.data.length : elements.length
    const width = part.kind === 'bytes' ? 1 : elements[0] ? widthOf(elements[0]) : 4
    const terminator = part.kind === 'bytes' && part.terminated ? 1 : 0
    const at = this.#reserve(4 + count * width + terminator, Math.max(4, width), 4)
    this.writes.push(view => view.setUint32(at, count, true))
    if (part.kind === 'bytes') this.writes.push(view => new Uint8Array(view.buffer).set(part.data, at + 4))
    for (const [i, element] of elements.entries()) this.#fill(element, at + 4 + i * width)
    return at
  }

  #placeTable(part: Part & { readonly kind: 'table' }): number {
    const vtable = this.#reserve(4 + 2 * part.slots.length, 2)
    let inline = 4
    const offsets = part.slots.map(slot => {
      if (!slot) return 0
      const width = widthOf(slot)
      const offset = Math.ceil(inline / width) * width
      inline = offset + width
      return offset
    })
    const at = this.#reserve(inline, 8)
    this.writes.push(view => {
      view.setUint16(vtable, 4 + 2 * part.slots.length, true)
      view.setUint16(vtable + 2, inline, true)
      for (const [slot, offset] of offsets.entries()) view.setUint16(vtable + 4 + 2 * slot, offset, true)
      view.setInt32(at, at - vtable, true)
    })
    for (const [i, slot] of part.slots.entries()) if (slot) this.#fill(slot, at + (offsets[i] as number))
    return at
  }

  /** A scalar in place, or an offset to what stands elsewhere. */
  #fill(part: Part, at: number): void {
    if (part.kind === 'scalar') this.writes.push(view => part.write(view, at))
    else this.refer(part, at)
  }

  #reserve(length: number, alignment: number, lead = 0): number {
    const at = Math.ceil((this.end + lead) / alignment) * alignment - lead
    this.end = at + length
    return at
  }
}

const widthOf = (part: Part): number => (part.kind === 'scalar' ? part.width : 4)
