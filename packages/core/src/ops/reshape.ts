import { elementCount, formatShape, sameShape } from '../tensor.ts'
import { misfit, type OpDefinition, only } from './definition.ts'
import { unchanged } from './elements.ts'
import * as field from './field.ts'

/** `target` is the shape of one item: the batch axis stays in front of it. */
export interface ReshapeOp {
  readonly kind: 'reshape'
  readonly target: readonly number[]
}

export const reshape: OpDefinition<ReshapeOp> = {
  attributes: { target: field.counts },
  shape(op, operands, where) {
    const [n, ...item] = only(operands, 1, where)
    if (elementCount(item) !== elementCount(op.target)) {
      misfit(where, `${elementCount(item)} elements an item`, `${formatShape(op.target)}`)
    }
    return [n as number, ...op.target]
  },
  elements: unchanged,
  isIdentity: (_op, [operand], result) => operand !== undefined && sameShape(operand, result),
  range: (_op, operand) => operand,
  traits: { view: true, inPlace: true, keepsOrder: true },
}
