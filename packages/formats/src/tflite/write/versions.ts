import type { ElementType } from '@depthwise/core'
import type { SupportedOperator } from '../operators/table.ts'

/** What the version of an operator depends on. */
export interface Signature {
  /** The element type of the first operand. */
  readonly operand: ElementType
  /** Whether a convolution has groups, or its window gaps; whether a product of two scales is at least that of the result. */
  readonly isGrouped?: boolean
  readonly isDilated?: boolean
  readonly growsScale?: boolean
  /** Whether a resize takes pixels by their centres, or the nearest by the corners. */
  readonly isCentred?: boolean
}

/** Operators whose int8 form came with their second version. */
const secondForInt8: ReadonlySet<SupportedOperator> = new Set([
  'ADD',
  'AVERAGE_POOL_2D',
  'CONCATENATION',
  'DEQUANTIZE',
  'LOGISTIC',
  'MAXIMUM',
  'MAX_POOL_2D',
  'MEAN',
  'MINIMUM',
  'MUL',
  'PAD',
  'PADV2',
  'RELU',
  'RELU6',
  'RESIZE_BILINEAR',
  'RESIZE_NEAREST_NEIGHBOR',
  'SOFTMAX',
  'SUB',
])

/**
 * The version of an operator: the first that has what is asked of it, as TensorFlow's converter states it
 * (`GetBuiltinOperatorVersion` in tensorflow/compiler/mlir/lite/tools/versioning/op_version.cc). Runtimes refuse versions that
 * they do not know.
 */
export function operatorVersion(name: SupportedOperator, { operand, ...signature }: Signature): number {
  const isInt8 = operand.dtype === 'int8'
  if (name === 'CONV_2D') return signature.isGrouped ? 6 : isInt8 ? 3 : 1
  if (name === 'DEPTHWISE_CONV_2D') return isInt8 ? 3 : signature.isDilated ? 2 : 1
  if (name === 'FULLY_CONNECTED') return isInt8 ? 4 : 1
  if (name === 'MUL' && signature.growsScale) return 3
  if (signature.isCentred) return 3
  if (name === 'RELU' && operand.dtype === 'uint8') return 2
  return isInt8 && secondForInt8.has(name) ? 2 : 1
}
