import { encodeText } from '../../text.ts'
import { type AttributeMessage, attributeTypes } from '../schema.ts'

/** Attributes of a node by name: integers, lists of integers, or reals and texts marked as such. */
export type Attributes = Readonly<
  Record<string, number | readonly number[] | { readonly real: number } | { readonly text: string }>
>

export function encodeAttributes(attributes: Attributes): readonly AttributeMessage[] {
  return Object.entries(attributes).map(([name, value]) => {
    if (typeof value === 'number') return { name, i: value, type: attributeTypes.INT }
    if ('real' in value) return { name, f: value.real, type: attributeTypes.FLOAT }
    if ('text' in value) return { name, s: encodeText(value.text), type: attributeTypes.STRING }
    return { name, ints: value, type: attributeTypes.INTS }
  })
}
