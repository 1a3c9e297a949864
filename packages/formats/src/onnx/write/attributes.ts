import { type AttributeMessage, attributeTypes } from '../schema.ts'

/** Attributes of a node by name: integers, lists of integers, or reals marked as such. */
export type Attributes = Readonly<Record<string, number | readonly number[] | { readonly real: number }>>

export function encodeAttributes(attributes: Attributes): readonly AttributeMessage[] {
  return Object.entries(attributes).map(([name, value]) => {
    if (typeof value === 'number') return { name, i: value, type: attributeTypes.INT }
    if ('real' in value) return { name, f: value.real, type: attributeTypes.FLOAT }
    return { name, ints: value, type: attributeTypes.INTS }
  })
}
