import { sameShape } from '../tensor.ts'
import { misfit, type OpDefinition, only } from './definition.ts'
import { unchanged } from './elements.ts'
import * as field from './field.ts'

/** One `[before, after]` pair for each axis. The batch axis may not be padded. */
export interface PadOp {
  readonly kind: 'pad'
  readonly pads: readonly (readonly [before: number, after: number])[]
  /** As a real number, also where values are quantized. */
  readonly value: number
}

export const pad: OpDefinition<PadOp> = {
  attributes: { pads: field.pairs, value: field.real },
  shape(op, operands, where) {
    const shape = only(operands, 1, where)
    if (op.pads.length !== shape.length) misfit(where, `${shape.length} pairs, one an axis`, `${op.pads.length}`)
    if (op.pads[0]?.some(amount => amount !== 0)) misfit(where, 'no padding of the batch axis', `${op.pads[0]}`)
    return shape.map((extent, axis) => extent + (op.pads[axis]?.[0] ?? 0) + (op.pads[axis]?.[1] ?? 0))
  },
  elements: unchanged,
  words: op => [
    op.pads.map(([before, after]) => `${before}+${after}`).join(' '),
    ...(op.value === 0 ? [] : [`value ${op.value}`]),
  ],
  isIdentity: (_op, [operand], result) => operand !== undefined && sameShape(operand, result),
  range: ({ value }, { min, max }) => ({ min: Math.min(min, value), max: Math.max(max, value) }),
  traits: {},
}
