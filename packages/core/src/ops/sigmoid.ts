import { type OpDefinition, sameAsOperand } from './definition.ts'
import { realsOrQuantized } from './elements.ts'

/** `1 / (1 + exp(-x))`, element by element. */
export interface SigmoidOp {
  readonly kind: 'sigmoid'
}

export const sigmoid: OpDefinition<SigmoidOp> = {
  attributes: {},
  shape: sameAsOperand,
  elements: realsOrQuantized,
  range: () => ({ min: 0, max: 1 }),
  traits: { elementwise: true, inPlace: true, keepsOrder: true },
}
