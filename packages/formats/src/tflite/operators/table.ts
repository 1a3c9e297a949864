import { activation, dequantize, logistic, quantize, softmax } from './activations.ts'
import { add, mul } from './arithmetic.ts'
import { concatenation, pad, reshape, squeeze } from './layout.ts'
import type { Importer } from './operation.ts'
import { averagePool2d, maxPool2d, mean } from './pools.ts'
import { conv2d, depthwiseConv2d, fullyConnected } from './products.ts'

/** The builtin operators that are imported, by their names in the schema. */
export type SupportedOperator =
  | 'ADD'
  | 'AVERAGE_POOL_2D'
  | 'CONCATENATION'
  | 'CONV_2D'
  | 'DEPTHWISE_CONV_2D'
  | 'DEQUANTIZE'
  | 'FULLY_CONNECTED'
  | 'LOGISTIC'
  | 'MAX_POOL_2D'
  | 'MEAN'
  | 'MUL'
  | 'PAD'
  | 'QUANTIZE'
  | 'RELU'
  | 'RELU6'
  | 'RELU_N1_TO_1'
  | 'RESHAPE'
  | 'SOFTMAX'
  | 'SQUEEZE'

interface Row {
  readonly read: Importer
  /** How many operands it takes, the optional ones included at most. */
  readonly operands: readonly [least: number, most: number]
}

/** One row an operator. */
export const operators: { readonly [K in SupportedOperator]: Row } = {
  ADD: { read: add, operands: [2, 2] },
  AVERAGE_POOL_2D: { read: averagePool2d, operands: [1, 1] },
  CONCATENATION: { read: concatenation, operands: [1, Infinity] },
  CONV_2D: { read: conv2d, operands: [2, 3] },
  DEPTHWISE_CONV_2D: { read: depthwiseConv2d, operands: [2, 3] },
  DEQUANTIZE: { read: dequantize, operands: [1, 1] },
  FULLY_CONNECTED: { read: fullyConnected, operands: [2, 3] },
  LOGISTIC: { read: logistic, operands: [1, 1] },
  MAX_POOL_2D: { read: maxPool2d, operands: [1, 1] },
  MEAN: { read: mean, operands: [2, 2] },
  MUL: { read: mul, operands: [2, 2] },
  PAD: { read: pad, operands: [2, 2] },
  QUANTIZE: { read: quantize, operands: [1, 1] },
  RELU: { read: activation('RELU'), operands: [1, 1] },
  RELU6: { read: activation('RELU6'), operands: [1, 1] },
  RELU_N1_TO_1: { read: activation('RELU_N1_TO_1'), operands: [1, 1] },
  RESHAPE: { read: reshape, operands: [1, 2] },
  SOFTMAX: { read: softmax, operands: [1, 1] },
  SQUEEZE: { read: squeeze, operands: [1, 1] },
}

export function isSupported(name: string): name is SupportedOperator {
  return Object.hasOwn(operators, name)
}
