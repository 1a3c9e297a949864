import { type OpDefinition, sameAsOperand } from './definition.ts'
import { unchanged } from './elements.ts'
import * as field from './field.ts'

/** Does nothing at inference; kept so that a training graph prints and costs as its authors list it. */
export interface DropoutOp {
  readonly kind: 'dropout'
  readonly rate: number
}

export const dropout: OpDefinition<DropoutOp> = {
  attributes: { rate: field.rate },
  shape: sameAsOperand,
  elements: unchanged,
  words: op => [`rate ${op.rate}`],
  isIdentity: () => true,
  range: (_op, operand) => operand,
  traits: { view: true, elementwise: true, inPlace: true, keepsOrder: true },
}
