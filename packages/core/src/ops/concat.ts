import { formatShape } from '../tensor.ts'
import { misfit, type OpDefinition } from './definition.ts'
import { realsOrQuantized } from './elements.ts'
import * as field from './field.ts'

/** Joins along `axis` (never 0, the batch). */
export interface ConcatOp {
  readonly kind: 'concat'
  readonly axis: number
}

export const concat: OpDefinition<ConcatOp> = {
  attributes: { axis: field.axis },
  shape(op, operands, where) {
    const first = operands[0] ?? misfit(where, 'at least one operand', 'none')
    if (op.axis >= first.length) misfit(where, `an axis below ${first.length}`, `${op.axis}`)
    for (const shape of operands) {
      const agrees =
        shape.length === first.length && shape.every((extent, axis) => axis === op.axis || extent === first[axis])
      if (!agrees) {
        misfit(where, `operands that agree with ${formatShape(first)} off axis ${op.axis}`, formatShape(shape))
      }
    }
    return first.map((extent, axis) =>
      axis === op.axis ? operands.reduce((sum, shape) => sum + (shape[axis] as number), 0) : extent,
    )
  },
  elements: realsOrQuantized,
  words: op => [`axis ${op.axis}`],
  isIdentity: (_op, operands) => operands.length === 1,
  range: (_op, operand) => operand,
  traits: {},
}
