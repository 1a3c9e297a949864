import { attributesOf, image, misfit, type OpDefinition, only } from './definition.ts'
import { realsOrQuantized } from './elements.ts'
import * as field from './field.ts'
import { type Epilogue, epilogueFields, epilogueRange, epilogueWords, operandsOf, withResidual } from './product.ts'
import { type Size2, windowedSize } from './window.ts'
import { type Windowed, windowFields, windowWords } from './windowed.ts'

/** Weights HWIO `[kh, kw, in / groups, filters]`; bias `[filters]`. */
export interface Conv2dOp extends Windowed, Epilogue {
  readonly kind: 'conv2d'
  readonly filters: number
  readonly dilations: Size2
  readonly groups: number
}

export const conv2d: OpDefinition<Conv2dOp> = {
  attributes: /* @__PURE__ */ attributesOf(windowFields, epilogueFields, {
    filters: field.count,
    dilations: field.size2,
    groups: field.count,
  }),
  shape(op, operands, where) {
    const [n, size, channels] = image(only(operands, operandsOf(op), where), where)
    if (channels % op.groups !== 0 || op.filters % op.groups !== 0) {
      misfit(where, `channels and filters divisible by ${op.groups} groups`, `${channels} and ${op.filters}`)
    }
    return withResidual(op, operands, [n, ...windowedSize(size, op, where), op.filters], where)
  },
  elements: realsOrQuantized,
  params: (op, input) => [
    ['weights', op.weights, [...op.kernel, (input.at(-1) as number) / op.groups, op.filters]],
    ['bias', op.bias, [op.filters]],
  ],
  words: op => [...windowWords(op), ...(op.groups > 1 ? [`${op.groups} groups`] : []), ...epilogueWords(op)],
  range: epilogueRange,
  traits: { product: true },
}
