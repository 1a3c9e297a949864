import { formatElements, isPerTensor, sameElements } from '../quantization.ts'
import type { ElementType } from '../tensor.ts'

/** An operand as element rules see it: its type, and how an error points at it. */
export interface OperandElements extends ElementType {
  readonly label: string
}

/** What an op wants of element types, and what it finds. */
export interface ElementMismatch {
  readonly expected: string
  readonly found: string
}

/** Which element types an op takes and gives. */
export interface ElementRule {
  /** The element type of the result where its author says nothing. */
  readonly implied: (operands: readonly ElementType[]) => ElementType
  /** Why these operands do not make this result; null where they do. */
  readonly mismatch: (operands: readonly OperandElements[], result: ElementType) => ElementMismatch | null
}

const float32: ElementType = { dtype: 'float32' }

const isReal = ({ dtype }: ElementType): boolean => dtype === 'float32'

/** Whether a value is stored as bytes that stand for reals, with one scale and zero point for all of them. */
const isQuantized = ({ dtype, quantization }: ElementType): boolean =>
  (dtype === 'int8' || dtype === 'uint8') && quantization !== undefined && isPerTensor(quantization)

const isRealOrQuantized = (type: ElementType): boolean => isReal(type) || isQuantized(type)

type Accepts = readonly [accepts: (type: ElementType) => boolean, expected: string]

/** The rule of an op whose operands and whose result are each of a kind of their own. */
function rule([takes, operandsExpected]: Accepts, [gives, resultExpected]: Accepts): ElementRule {
  return {
    implied: () => float32,
    mismatch(operands, result) {
      const wrong = operands.find(operand => !takes(operand))
      if (wrong) return { expected: operandsExpected, found: `${formatElements(wrong)} from ${wrong.label}` }
      return gives(result) ? null : { expected: resultExpected, found: formatElements(result) }
    },
  }
}

const toReals: Accepts = [isReal, 'float32']
const toQuantized: Accepts = [isQuantized, 'an int8 or uint8 result with a scale and a zero point']

/** float32 in, float32 out. */
export const reals: ElementRule = /* @__PURE__ */ rule([isReal, 'float32 operands'], toReals)

const quantized = /* @__PURE__ */ rule([isQuantized, 'float32 operands'], toQuantized)

/** Reals to reals, or quantized bytes to quantized bytes, whose scale and zero point the author of the node states. */
export const realsOrQuantized: ElementRule = {
  implied: () => float32,
  mismatch: (operands, result) => (operands.some(isQuantized) ? quantized : reals).mismatch(operands, result),
}

/** Without operands: reals or quantized bytes, as the author of the node states. */
export const storedValue: ElementRule = /* @__PURE__ */ rule(toReals, [
  isRealOrQuantized,
  'float32, or int8 or uint8 with a scale and a zero point',
])

/** The elements of the one operand, whatever they are. */
export const unchanged: ElementRule = {
  implied: ([operand]) => elementsOf(operand ?? float32),
  mismatch([operand], result) {
    if (!operand) return null
    // Integers without a scale are bytes of images and indices: what they stand for is for `affine` to say.
    if (!isReal(operand) && !isQuantized(operand)) return reals.mismatch([operand], result)
    if (sameElements(operand, result)) return null
    return { expected: `${formatElements(operand)}, as its operand`, found: formatElements(result) }
  },
}

/** Reals, or integers that stand for themselves (bytes of images), to reals. */
export const anythingToReals: ElementRule = /* @__PURE__ */ rule(
  [({ quantization }) => quantization === undefined, 'operands without a quantization'],
  toReals,
)

/** Reals or quantized bytes, to quantized bytes. */
export const anythingToQuantized: ElementRule = /* @__PURE__ */ rule(
  [isRealOrQuantized, 'float32 or quantized operands'],
  toQuantized,
)

/** Quantized bytes to the reals they stand for. */
export const quantizedToReals: ElementRule = /* @__PURE__ */ rule(
  [isQuantized, 'int8 or uint8 operands with a scale and a zero point'],
  toReals,
)

/** The element type of a value, without what else the value has. */
export function elementsOf({ dtype, quantization }: ElementType): ElementType {
  return quantization ? { dtype, quantization } : { dtype }
}
