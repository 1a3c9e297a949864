import type { OpDefinition } from './definition.ts'
import { unchanged } from './elements.ts'
import { pooledShape, type Windowed, windowFields, windowWords } from './windowed.ts'

/** Padded positions never win. */
export interface MaxPoolOp extends Windowed {
  readonly kind: 'maxPool'
}

export const maxPool: OpDefinition<MaxPoolOp> = {
  attributes: windowFields,
  shape: pooledShape,
  elements: unchanged,
  words: windowWords,
  range: (_op, operand) => operand,
  traits: { keepsOrder: true },
}
