import { GraphError } from '../errors.ts'
import { formatElements, isPerTensor, sameElements } from '../quantization.ts'
import type { ElementType } from '../tensor.ts'

/** An operand as element rules see it: its type, and how an error points at it. */
export interface OperandElements extends ElementType {
  readonly label: string
}

/** Which element types an op takes and gives. */
export interface ElementRule {
  /** The element type of the result where its author says nothing. */
  readonly implied: (operands: readonly ElementType[]) => ElementType
  /** @throws GraphError naming `where` and the operand */
  readonly check: (operands: readonly OperandElements[], result: ElementType, where: string) => void
}

const float32: ElementType = { dtype: 'float32' }

function fail(where: string, expected: string, found: string): never {
  throw new GraphError({ where, expected, found })
}

const isReal = ({ dtype }: ElementType): boolean => dtype === 'float32'

/** Whether a value is stored as bytes that stand for reals, with one scale and zero point for all of them. */
const isQuantized = ({ dtype, quantization }: ElementType): boolean =>
  (dtype === 'int8' || dtype === 'uint8') && quantization !== undefined && isPerTensor(quantization)

function checkOperands(
  operands: readonly OperandElements[],
  accepts: (operand: ElementType) => boolean,
  expected: string,
  where: string,
): void {
  const wrong = operands.find(operand => !accepts(operand))
  if (wrong) fail(where, expected, `${formatElements(wrong)} from ${wrong.label}`)
}

function checkResult(
  result: ElementType,
  accepts: (type: ElementType) => boolean,
  expected: string,
  where: string,
): void {
  if (!accepts(result)) fail(where, expected, formatElements(result))
}

/** float32 in, float32 out. */
export const reals: ElementRule = {
  implied: () => float32,
  check(operands, result, where) {
    checkOperands(operands, isReal, 'float32 operands', where)
    checkResult(result, isReal, 'float32', where)
  },
}

/** Reals to reals, or quantized bytes to quantized bytes, whose scale and zero point the author of the node states. */
export const realsOrQuantized: ElementRule = {
  implied: () => float32,
  check(operands, result, where) {
    if (operands.length === 0 || operands.some(isReal)) return reals.check(operands, result, where)
    checkOperands(operands, isQuantized, 'float32 operands', where)
    const expected = 'an int8 or uint8 result with a scale and a zero point, as its operands have'
    checkResult(result, isQuantized, expected, where)
  },
}

/** The elements of the one operand, whatever they are. */
export const unchanged: ElementRule = {
  implied: ([operand]) => elementsOf(operand ?? float32),
  check([operand], result, where) {
    // Integers without a scale are bytes of images and indices: what they stand for is for `affine` to say.
    if (operand) checkOperands([operand], each => isReal(each) || isQuantized(each), 'float32 operands', where)
    if (operand && !sameElements(operand, result)) {
      fail(where, `${formatElements(operand)}, as its operand`, formatElements(result))
    }
  },
}

/** Reals, or integers that stand for themselves (bytes of images), to reals. */
export const anythingToReals: ElementRule = {
  implied: () => float32,
  check(operands, result, where) {
    checkOperands(operands, each => each.quantization === undefined, 'operands without a quantization', where)
    checkResult(result, isReal, 'float32', where)
  },
}

/** Reals or quantized bytes, to quantized bytes. */
export const anythingToQuantized: ElementRule = {
  implied: () => float32,
  check(operands, result, where) {
    checkOperands(operands, each => isReal(each) || isQuantized(each), 'float32 or quantized operands', where)
    checkResult(result, isQuantized, 'an int8 or uint8 result with a scale and a zero point', where)
  },
}

/** Quantized bytes to the reals they stand for. */
export const quantizedToReals: ElementRule = {
  implied: () => float32,
  check(operands, result, where) {
    checkOperands(operands, isQuantized, 'int8 or uint8 operands with a scale and a zero point', where)
    checkResult(result, isReal, 'float32', where)
  },
}

/** The element type of a value, without what else the value has. */
export function elementsOf({ dtype, quantization }: ElementType): ElementType {
  return quantization ? { dtype, quantization } : { dtype }
}
