import type { Builder, Offset } from 'flatbuffers'

/** What one slot of a table holds; absent slots are null. `ref` is the offset of something written before. */
export type Field =
  | { readonly kind: 'int8' | 'int32' | 'float32'; readonly value: number }
  | { readonly kind: 'ref'; readonly value: Offset }
  | null

export const int8 = (value: number): Field => ({ kind: 'int8', value })
export const int32 = (value: number): Field => ({ kind: 'int32', value })
export const float32 = (value: number): Field => ({ kind: 'float32', value })
export const ref = (value: Offset): Field => ({ kind: 'ref', value })

// Equal to nothing, so that the builder takes no value for the default and leaves it out.
const absent = Number.NaN

/** Writes a table whose fields stand in the order of the schema; every value is stored, also a default. */
export function table(builder: Builder, fields: readonly Field[]): Offset {
  builder.startObject(fields.length)
  for (const [slot, field] of fields.entries()) {
    if (field?.kind === 'int8') builder.addFieldInt8(slot, field.value, absent)
    if (field?.kind === 'int32') builder.addFieldInt32(slot, field.value, absent)
    if (field?.kind === 'float32') builder.addFieldFloat32(slot, field.value, absent)
    if (field?.kind === 'ref') builder.addFieldOffset(slot, field.value, 0)
  }
  return builder.endObject()
}

/** A vector of offsets: tables or strings written before. */
export function offsets(builder: Builder, values: readonly Offset[]): Field {
  builder.startVector(4, values.length, 4)
  for (const value of values.toReversed()) builder.addOffset(value)
  return ref(builder.endVector())
}

/** A vector of 32-bit integers. */
export function ints(builder: Builder, values: readonly number[]): Field {
  builder.startVector(4, values.length, 4)
  for (const value of values.toReversed()) builder.addInt32(value)
  return ref(builder.endVector())
}

/** A vector of bytes that starts at a multiple of 16, where the format wants a tensor's data. */
export function bytes(builder: Builder, data: Uint8Array): Field {
  builder.prep(16, data.length)
  return ref(builder.createByteVector(data))
}
