import { attributesFromJSON, attributesToJSON, disagreementOf, wordsOf } from './attributes.ts'
import { type ClampOp, clamp } from './clamp.ts'
import type { OpDefinition } from './definition.ts'
import type { Field } from './field.ts'
import { type HardSwishOp, hardSwish } from './hard-swish.ts'

/** The ops that a product may carry in its store, after bias and residual. */
export type Activation = ClampOp | HardSwishOp

const definitions: { readonly [K in Activation['kind']]: OpDefinition<Extract<Activation, { readonly kind: K }>> } = {
  clamp,
  hardSwish,
}

/** Every kind of activation. */
export const activationKinds: readonly Activation['kind'][] = /* @__PURE__ */ Object.keys(
  definitions,
) as Activation['kind'][]

/** A table by activation with the same row for each. */
export function eachActivation<T>(row: T): { readonly [K in Activation['kind']]: T } {
  return Object.fromEntries(activationKinds.map(kind => [kind, row])) as { readonly [K in Activation['kind']]: T }
}

/** Whether an op may be fused into the store of a product. */
export function isActivation(op: { readonly kind: string }): op is Activation {
  return Object.hasOwn(definitions, op.kind)
}

const definitionOf = (op: Activation): OpDefinition<Activation> => definitions[op.kind] as OpDefinition<Activation>

/** The activation of a product, as an attribute: an op of its own, or null. */
export const activationField: Field<Activation | null> = {
  expected: 'null, or an activation with its attributes',
  accepts(value) {
    if (value === null) return true
    if (typeof value !== 'object' || !isActivation(value as Activation)) return false
    const op = value as Activation
    return disagreementOf(definitionOf(op), op) === null
  },
  encode: op => op && attributesToJSON(definitionOf(op), op),
  decode(json) {
    const op = json as Activation | null
    return typeof op === 'object' && op !== null && isActivation(op) ? attributesFromJSON(definitionOf(op), op) : json
  },
}

/** An activation in words: `relu6`, `clamp -1..1`. */
export function activationWords(op: Activation): string {
  return wordsOf(definitionOf(op), op)
}
