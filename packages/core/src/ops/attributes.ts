import { show } from '../show.ts'
import type { OpDefinition } from './definition.ts'
import type { Field } from './field.ts'

/** What is wrong with the attributes of an op, and which one where it is one alone. */
export interface Disagreement {
  readonly attribute?: string
  readonly expected: string
  readonly found: string
}

/** The fields of a definition, with their types forgotten: for code that walks over all of them. */
export function fieldsOf<O extends { readonly kind: string }>(
  definition: OpDefinition<O>,
): Readonly<Record<string, Field<unknown>>> {
  return definition.attributes as Readonly<Record<string, Field<unknown>>>
}

/** Why the attributes of an op are not what its definition wants: absent, outside their domain, or unknown. Else null. */
export function disagreementOf<O extends { readonly kind: string }>(
  definition: OpDefinition<O>,
  op: O,
): Disagreement | null {
  const fields = fieldsOf(definition)
  const values = op as unknown as Readonly<Record<string, unknown>>
  for (const [attribute, { accepts, expected }] of Object.entries(fields)) {
    if (!accepts(values[attribute])) return { attribute, expected, found: show(values[attribute]) }
  }
  const unknown = Object.keys(op).find(name => name !== 'kind' && !Object.hasOwn(fields, name))
  if (unknown) return { expected: `only ${Object.keys(fields).join(', ') || 'a kind'}`, found: unknown }
  return definition.disagreement?.(op) ?? null
}

/** What authors call an op: its kind, or what it was written as (`relu6`, `add`). */
export function titleOf<O extends { readonly kind: string }>(definition: OpDefinition<O>, op: O): string {
  return definition.title?.(op) ?? op.kind
}

/** One line for one op: its title and its attributes. */
export function wordsOf<O extends { readonly kind: string }>(definition: OpDefinition<O>, op: O): string {
  const words = definition.words?.(op) ?? []
  return words.length === 0 ? titleOf(definition, op) : `${titleOf(definition, op)} ${words.join(', ')}`
}

/** An op as plain JSON data. */
export function attributesToJSON<O extends { readonly kind: string }>(
  definition: OpDefinition<O>,
  op: O,
): Record<string, unknown> {
  const encoded: Record<string, unknown> = { kind: op.kind }
  for (const [name, field] of Object.entries(fieldsOf(definition))) {
    const value = (op as unknown as Record<string, unknown>)[name]
    encoded[name] = field.encode ? field.encode(value) : value
  }
  return encoded
}

/** Reads what `attributesToJSON` wrote; nothing is checked, and attributes that are unknown stay for the verifier to refuse. */
export function attributesFromJSON<O extends { readonly kind: string }>(
  definition: OpDefinition<O>,
  json: object,
): unknown {
  const fields = fieldsOf(definition)
  const decoded = Object.entries(json).map(([name, value]) => [name, fields[name]?.decode?.(value) ?? value])
  return Object.fromEntries(decoded)
}
