import { arithmeticOperators, negationOperators } from '../../affine-operators.ts'
import {
  activation,
  cast,
  clamp,
  dequantize,
  hardSwish,
  leakyRelu,
  limit,
  logistic,
  prelu,
  quantize,
  softmax,
  unary,
} from './activations.ts'
import { addN, arithmetic, foldArithmetic, neg } from './arithmetic.ts'
import { fullyConnected } from './dense.ts'
import { concatenation, pad, padV2 } from './joins.ts'
import { expandDims, reshape, squeeze, transpose } from './layout.ts'
import type { Importer } from './operation.ts'
import { averagePool2d, maxPool2d } from './pools.ts'
import { conv2d, depthwiseConv2d } from './products.ts'
import { reduce } from './reductions.ts'
import { resize } from './resize.ts'
import {
  castConstant,
  constantsOnly,
  gather,
  joinLists,
  pack,
  product,
  rank,
  shape,
  slice,
  stridedSlice,
} from './shapes.ts'
import { depthToSpace, transposeConv, transposeConvBias } from './transposed.ts'

type ArithmeticOperator = keyof typeof arithmeticOperators.tflite
type NegationOperator = (typeof negationOperators.tflite)[number]

/** The builtin operators that are imported, by their names in the schema. */
export type SupportedOperator =
  | ArithmeticOperator
  | NegationOperator
  | 'ADD_N'
  | 'AVERAGE_POOL_2D'
  | 'CAST'
  | 'CONCATENATION'
  | 'CONV_2D'
  | 'CUSTOM Convolution2DTransposeBias'
  | 'DEPTH_TO_SPACE'
  | 'DEPTHWISE_CONV_2D'
  | 'DEQUANTIZE'
  | 'EXP'
  | 'EXPAND_DIMS'
  | 'FLOOR_DIV'
  | 'FULLY_CONNECTED'
  | 'GATHER'
  | 'HARD_SWISH'
  | 'LEAKY_RELU'
  | 'LOGISTIC'
  | 'MAXIMUM'
  | 'MAX_POOL_2D'
  | 'MEAN'
  | 'MINIMUM'
  | 'PACK'
  | 'PAD'
  | 'PADV2'
  | 'PRELU'
  | 'QUANTIZE'
  | 'RANK'
  | 'REDUCE_MAX'
  | 'REDUCE_PROD'
  | 'RELU'
  | 'RELU6'
  | 'RELU_0_TO_1'
  | 'RELU_N1_TO_1'
  | 'RESHAPE'
  | 'RESIZE_BILINEAR'
  | 'RESIZE_NEAREST_NEIGHBOR'
  | 'SHAPE'
  | 'SLICE'
  | 'SOFTMAX'
  | 'SQRT'
  | 'SQUEEZE'
  | 'STRIDED_SLICE'
  | 'SUM'
  | 'TRANSPOSE'
  | 'TRANSPOSE_CONV'

interface Row {
  readonly read: Importer
  /** Computes the result where all operands are constants. */
  readonly fold?: Importer
  /** How many operands it takes, the optional ones included at most. */
  readonly operands: readonly [min: number, max: number]
  /** Whether it also takes integers without a scale, and computes the same of them as of the reals they are. */
  readonly integers?: true
}

const arithmeticRows = Object.fromEntries(
  Object.entries(arithmeticOperators.tflite).map(([name, kind]): [string, Row] => [
    name,
    { read: arithmetic(kind), fold: foldArithmetic(kind), operands: [2, 2], integers: true },
  ]),
) as { readonly [K in ArithmeticOperator]: Row }

const negationRows = Object.fromEntries(
  negationOperators.tflite.map((name): [string, Row] => [name, { read: neg, operands: [1, 1] }]),
) as { readonly [K in NegationOperator]: Row }

/** One row an operator. */
export const operators: { readonly [K in SupportedOperator]: Row } = {
  ...arithmeticRows,
  ...negationRows,
  ADD_N: { read: addN, operands: [1, Infinity] },
  AVERAGE_POOL_2D: { read: averagePool2d, operands: [1, 1] },
  CAST: { read: cast, fold: castConstant, operands: [1, 1], integers: true },
  CONCATENATION: { read: concatenation, fold: joinLists, operands: [1, Infinity], integers: true },
  'CUSTOM Convolution2DTransposeBias': { read: transposeConvBias, operands: [2, 3] },
  CONV_2D: { read: conv2d, operands: [2, 3] },
  DEPTH_TO_SPACE: { read: depthToSpace, operands: [1, 1] },
  DEPTHWISE_CONV_2D: { read: depthwiseConv2d, operands: [2, 3] },
  DEQUANTIZE: { read: dequantize, operands: [1, 1] },
  EXP: { read: unary('exp'), operands: [1, 1] },
  EXPAND_DIMS: { read: expandDims, operands: [2, 2], integers: true },
  FLOOR_DIV: { read: constantsOnly, fold: foldArithmetic('floorDiv'), operands: [2, 2] },
  FULLY_CONNECTED: { read: fullyConnected, operands: [2, 3] },
  GATHER: { read: constantsOnly, fold: gather, operands: [2, 2] },
  HARD_SWISH: { read: hardSwish, operands: [1, 1] },
  LEAKY_RELU: { read: leakyRelu, operands: [1, 1] },
  LOGISTIC: { read: logistic, operands: [1, 1] },
  MAXIMUM: { read: limit('max'), fold: foldArithmetic('max'), operands: [2, 2] },
  MAX_POOL_2D: { read: maxPool2d, operands: [1, 1] },
  MEAN: { read: reduce('mean'), operands: [2, 2] },
  MINIMUM: { read: limit('min'), fold: foldArithmetic('min'), operands: [2, 2] },
  PACK: { read: constantsOnly, fold: pack, operands: [1, Infinity] },
  PAD: { read: pad, operands: [2, 2], integers: true },
  PADV2: { read: padV2, operands: [3, 3] },
  PRELU: { read: prelu, operands: [2, 2] },
  QUANTIZE: { read: quantize, operands: [1, 1] },
  RANK: { read: rank, operands: [1, 1], integers: true },
  REDUCE_MAX: { read: reduce('max'), operands: [2, 2] },
  REDUCE_PROD: { read: constantsOnly, fold: product, operands: [2, 2] },
  RELU: { read: activation('RELU'), operands: [1, 1] },
  RELU6: { read: activation('RELU6'), operands: [1, 1] },
  RELU_0_TO_1: { read: clamp({ min: 0, max: 1 }), operands: [1, 1] },
  RELU_N1_TO_1: { read: activation('RELU_N1_TO_1'), operands: [1, 1] },
  RESHAPE: { read: reshape, operands: [1, 2], integers: true },
  RESIZE_BILINEAR: { read: resize('bilinear'), operands: [2, 2] },
  RESIZE_NEAREST_NEIGHBOR: { read: resize('nearest'), operands: [2, 2] },
  SHAPE: { read: shape, operands: [1, 1], integers: true },
  SLICE: { read: constantsOnly, fold: slice, operands: [3, 3] },
  SOFTMAX: { read: softmax, operands: [1, 1] },
  SQRT: { read: unary('sqrt'), operands: [1, 1] },
  SQUEEZE: { read: squeeze, operands: [1, 1], integers: true },
  STRIDED_SLICE: { read: constantsOnly, fold: stridedSlice, operands: [4, 4] },
  SUM: { read: reduce('sum'), operands: [2, 2] },
  TRANSPOSE_CONV: { read: transposeConv, operands: [3, 4] },
  TRANSPOSE: { read: transpose, operands: [2, 2], integers: true },
}

export function isSupported(name: string): name is SupportedOperator {
  return Object.hasOwn(operators, name)
}
