import { image, type OpDefinition, only } from './definition.ts'
import { realsOrQuantized } from './elements.ts'
import * as field from './field.ts'

/** NHWC to `[N, C]`, or `[N, 1, 1, C]` with `keepDims`. Quantized means are rounded half to even, in float32 steps. */
export interface GlobalAveragePoolOp {
  readonly kind: 'globalAveragePool'
  readonly keepDims: boolean
}

export const globalAveragePool: OpDefinition<GlobalAveragePoolOp> = {
  attributes: { keepDims: field.flag },
  shape(op, operands, where) {
    const [n, , channels] = image(only(operands, 1, where), where)
    return op.keepDims ? [n, 1, 1, channels] : [n, channels]
  },
  elements: realsOrQuantized,
  words: op => (op.keepDims ? ['keep dims'] : []),
  range: (_op, operand) => operand,
  traits: { keepsOrder: true },
}
