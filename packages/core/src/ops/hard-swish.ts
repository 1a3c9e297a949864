import { type OpDefinition, sameAsOperand } from './definition.ts'
import { realsOrQuantized } from './elements.ts'

/** `x * min(max(x / 6 + 0.5, 0), 1)`, element by element: MobileNet V3's, which is also called hard SiLU. */
export interface HardSwishOp {
  readonly kind: 'hardSwish'
}

export const hardSwish: OpDefinition<HardSwishOp> = {
  attributes: {},
  shape: sameAsOperand,
  elements: realsOrQuantized,
  // The least value is at -1.5; right of it the function rises, and left of -3 it is 0.
  range: (_op, { min, max }) => ({ min: Math.max(Math.min(min, 0), -0.375), max: Math.max(max, 0) }),
  traits: { elementwise: true, inPlace: true, keepsOrder: true },
}
