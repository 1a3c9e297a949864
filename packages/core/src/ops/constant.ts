import { type OpDefinition, only, type ParamName } from './definition.ts'
import { storedValue } from './elements.ts'
import * as field from './field.ts'

/**
 * A value that the parameters hold, the same for every item of a batch: the node has the shape `[batch, ...item]`, its parameter
 * that of `item`. It takes no operands, and its element type is that of the parameter.
 */
export interface ConstantOp {
  readonly kind: 'constant'
  /** Shape of one item, without the batch. */
  readonly item: readonly number[]
  readonly value: ParamName
}

export const constant: OpDefinition<ConstantOp> = {
  attributes: { item: field.counts, value: field.param },
  shape(op, operands, where, batch = 1) {
    only(operands, 0, where)
    return [batch, ...op.item]
  },
  elements: storedValue,
  params: op => [['value', op.value, op.item]],
  traits: {},
}
