import { formatShape } from '../tensor.ts'
import { attributesOf, misfit, type OpDefinition, only } from './definition.ts'
import { realsOrQuantized } from './elements.ts'
import * as field from './field.ts'
import { type Epilogue, epilogueFields, epilogueRange, epilogueWords, operandsOf, withResidual } from './product.ts'

/** Weights `[in, units]`, over the last axis of `[batch, in]`. */
export interface DenseOp extends Epilogue {
  readonly kind: 'dense'
  readonly units: number
}

export const dense: OpDefinition<DenseOp> = {
  attributes: /* @__PURE__ */ attributesOf(epilogueFields, { units: field.count }),
  shape(op, operands, where) {
    const shape = only(operands, operandsOf(op), where)
    if (shape.length !== 2) misfit(where, 'a [batch, features] operand (rank 2)', formatShape(shape))
    return withResidual(op, operands, [shape[0] as number, op.units], where)
  },
  elements: realsOrQuantized,
  params: (op, input) => [
    ['weights', op.weights, [input.at(-1) as number, op.units]],
    ['bias', op.bias, [op.units]],
  ],
  words: epilogueWords,
  range: epilogueRange,
  traits: { product: true },
}
