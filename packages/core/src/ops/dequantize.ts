import { type OpDefinition, sameAsOperand } from './definition.ts'
import { quantizedToReals } from './elements.ts'

/** The reals that quantized bytes stand for: `(stored - zeroPoint) * scale`. */
export interface DequantizeOp {
  readonly kind: 'dequantize'
}

export const dequantize: OpDefinition<DequantizeOp> = {
  attributes: {},
  shape: sameAsOperand,
  elements: quantizedToReals,
  range: (_op, operand) => operand,
  traits: { elementwise: true, keepsOrder: true },
}
