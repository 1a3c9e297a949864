import { attributesOf, type OpDefinition } from './definition.ts'
import { realsOrQuantized } from './elements.ts'
import * as field from './field.ts'
import { pooledShape, type Windowed, windowFields, windowWords } from './windowed.ts'

/**
 * `countPadding`: whether padded positions enter the divisor (torch does, TensorFlow does not).
 *
 * Of quantized bytes: their sum over their count, rounded half away from zero, where operand and result have one type. Where they
 * have two, which no runtime gives bytes for, the mean as `GlobalAveragePoolOp` rounds it. Padding that counts is the zero point.
 */
export interface AveragePoolOp extends Windowed {
  readonly kind: 'averagePool'
  readonly countPadding: boolean
}

export const averagePool: OpDefinition<AveragePoolOp> = {
  attributes: /* @__PURE__ */ attributesOf(windowFields, { countPadding: field.flag }),
  shape: pooledShape,
  elements: realsOrQuantized,
  words: op => [...windowWords(op), ...(op.countPadding ? ['padding counted'] : [])],
  traits: { keepsOrder: true },
}
