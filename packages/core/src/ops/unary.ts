import { type OpDefinition, sameAsOperand } from './definition.ts'
import { reals } from './elements.ts'
import * as field from './field.ts'

/** What a unary op computes of an element `x`; NaN in, NaN out. `sqrt` of a number below zero is NaN. */
export type UnaryOperator = 'exp' | 'sqrt'

/** Every unary operator. */
export const unaryOperators: readonly UnaryOperator[] = ['exp', 'sqrt']

/** A function of each element. Activations that products take into their store are ops of their own. */
export interface UnaryOp {
  readonly kind: 'unary'
  readonly operator: UnaryOperator
}

export const unary: OpDefinition<UnaryOp> = {
  attributes: { operator: /* @__PURE__ */ field.oneOf(unaryOperators) },
  shape: sameAsOperand,
  elements: reals,
  title: ({ operator }) => operator,
  range: () => ({ min: 0, max: Infinity }),
  traits: { elementwise: true, inPlace: true, keepsOrder: true },
}
