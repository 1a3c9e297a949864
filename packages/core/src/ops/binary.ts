import { formatShape, type Shape } from '../tensor.ts'
import { misfit, type OpDefinition, only } from './definition.ts'
import { realsOrQuantized } from './elements.ts'
import * as field from './field.ts'

/** What a binary op computes of two elements `a` and `b`; NaN in, NaN out. */
export type BinaryOperator = 'add' | 'sub' | 'mul' | 'div' | 'max' | 'min'

/** Every binary operator. */
export const binaryOperators: readonly BinaryOperator[] = ['add', 'sub', 'mul', 'div', 'max', 'min']

/**
 * Element-wise arithmetic of two operands of one rank; an extent of 1 stretches to the other's.
 *
 * Of quantized bytes, `add`, `sub` and `mul` are those of LiteRT. No runtime gives bytes for the others: `div` is
 * `rne(f(f(a / b) * f(f(s1 / s2) / sy))) + zy` of bytes less their zero points, where a division by zero saturates and 0 / 0 is the
 * zero point; `max` and `min` requantize both operands to the type of the result and take one.
 */
export interface BinaryOp {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
}

function broadcast(operands: readonly Shape[], where: string): Shape {
  const a = only(operands, 2, where)
  const b = operands[1] as Shape
  const fits = a.length === b.length && a.every((extent, axis) => extent === b[axis] || extent === 1 || b[axis] === 1)
  if (!fits)
    misfit(where, 'operands of one rank whose extents agree or are 1', `${formatShape(a)} and ${formatShape(b)}`)
  return a.map((extent, axis) => Math.max(extent, b[axis] as number))
}

export const binary: OpDefinition<BinaryOp> = {
  attributes: { operator: /* @__PURE__ */ field.oneOf(binaryOperators) },
  shape: (_op, operands, where) => broadcast(operands, where),
  elements: realsOrQuantized,
  title: ({ operator }) => operator,
  range: ({ operator }, operand) =>
    operator === 'max' || operator === 'min' ? operand : { min: -Infinity, max: Infinity },
  traits: { elementwise: true, inPlace: true },
}
