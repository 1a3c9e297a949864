import { misfit, type OpDefinition } from './definition.ts'
import type { ElementRule } from './elements.ts'

/** Graph input; its shape and element type stand on the node. */
export interface InputOp {
  readonly kind: 'input'
}

const declared: ElementRule = { implied: () => ({ dtype: 'float32' }), mismatch: () => null }

export const input: OpDefinition<InputOp> = {
  attributes: {},
  shape: (_op, _operands, where) => misfit(where, 'a computed value', 'a graph input, whose shape is declared'),
  elements: declared,
  traits: {},
}
