import { type OpDefinition, sameAsOperand } from './definition.ts'
import { realsOrQuantized } from './elements.ts'

/** `exp(x) / sum(exp(x))`, over the last axis. */
export interface SoftmaxOp {
  readonly kind: 'softmax'
}

export const softmax: OpDefinition<SoftmaxOp> = {
  attributes: {},
  shape: sameAsOperand,
  elements: realsOrQuantized,
  range: () => ({ min: 0, max: 1 }),
  traits: { inPlace: true, keepsOrder: true },
}
