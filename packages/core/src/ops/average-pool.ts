import { attributesOf, type OpDefinition } from './definition.ts'
import { realsOrQuantized } from './elements.ts'
import * as field from './field.ts'
import { pooledShape, type Windowed, windowFields, windowWords } from './windowed.ts'

/** `countPadding`: whether padded positions enter the divisor (torch does, TensorFlow does not). */
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
