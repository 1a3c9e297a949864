import { attributesOf, image, type OpDefinition, only } from './definition.ts'
import { realsOrQuantized } from './elements.ts'
import * as field from './field.ts'
import { type Epilogue, epilogueFields, epilogueRange, epilogueWords, operandsOf, withResidual } from './product.ts'
import { type Size2, windowedSize } from './window.ts'
import { type Windowed, windowFields, windowWords } from './windowed.ts'

/** Weights `[kh, kw, channels, multiplier]`; output channel `c * multiplier + m`. */
export interface DepthwiseConv2dOp extends Windowed, Epilogue {
  readonly kind: 'depthwiseConv2d'
  readonly multiplier: number
  readonly dilations: Size2
}

export const depthwiseConv2d: OpDefinition<DepthwiseConv2dOp> = {
  attributes: /* @__PURE__ */ attributesOf(windowFields, epilogueFields, {
    multiplier: field.count,
    dilations: field.size2,
  }),
  shape(op, operands, where) {
    const [n, size, channels] = image(only(operands, operandsOf(op), where), where)
    return withResidual(op, operands, [n, ...windowedSize(size, op, where), channels * op.multiplier], where)
  },
  elements: realsOrQuantized,
  params: (op, input) => [
    ['weights', op.weights, [...op.kernel, input.at(-1) as number, op.multiplier]],
    ['bias', op.bias, [(input.at(-1) as number) * op.multiplier]],
  ],
  words: op => [
    ...windowWords(op),
    ...(op.multiplier > 1 ? [`multiplier ${op.multiplier}`] : []),
    ...epilogueWords(op),
  ],
  range: epilogueRange,
  traits: { product: true },
}
