import { type OpDefinition, sameAsOperand } from './definition.ts'
import { anythingToQuantized } from './elements.ts'

/**
 * Reals, or bytes of another scale and zero point, to the int8 or uint8 that the node states:
 * `clamp(round(real / scale) + zeroPoint)`, rounding reals half to even, and bytes as TFLite's runtime does (`requantize` of
 * `@depthwise/core/integers`).
 */
export interface QuantizeOp {
  readonly kind: 'quantize'
}

export const quantize: OpDefinition<QuantizeOp> = {
  attributes: {},
  shape: sameAsOperand,
  elements: anythingToQuantized,
  range: (_op, operand) => operand,
  traits: { elementwise: true, keepsOrder: true },
}
