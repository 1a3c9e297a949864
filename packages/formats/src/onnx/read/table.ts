import { arithmeticOperators, identityOperators, negationOperators } from '../../affine-operators.ts'
import type { Importer } from './operation.ts'
import { clip, dropout, identity, max, min, relu, sigmoid, softmax, unary } from './operators/activations.ts'
import { arithmetic, sum } from './operators/arithmetic.ts'
import { constant, constantOfShape, gather, reduceProd, shape } from './operators/constants.ts'
import { convInteger, dynamicQuantizeLinear, matMulInteger } from './operators/integer-products.ts'
import { batchNormalization } from './operators/normalization.ts'
import { hardSigmoid, hardSwish, leakyRelu, neg, prelu } from './operators/piecewise.ts'
import { averagePool, globalAveragePool, globalMaxPool, maxPool, reduceMean } from './operators/pools.ts'
import { conv, gemm, matMul } from './operators/products.ts'
import {
  dynamicQuantizeMatMul,
  qGemm,
  qLinearAdd,
  qLinearAveragePool,
  qLinearConcat,
  qLinearConv,
  qLinearGlobalAveragePool,
  qLinearLeakyRelu,
  qLinearMatMul,
  qLinearMul,
  qLinearSigmoid,
  qLinearSoftmax,
} from './operators/qlinear.ts'
import { cast, dequantizeLinear, quantizeLinear } from './operators/quantization.ts'
import { resize, upsample } from './operators/resize.ts'
import { concat, flatten, pad, reshape, squeeze, transpose, unsqueeze } from './operators/shapes.ts'
import { slice } from './operators/slice.ts'
import { convTranspose, depthToSpace } from './operators/transposed.ts'

type ArithmeticOperator = keyof typeof arithmeticOperators.onnx
type NegationOperator = (typeof negationOperators.onnx)[number]
type IdentityOperator = (typeof identityOperators.onnx)[number]

/** The operators that are imported: of ONNX' own domain, and quantised ones of onnxruntime's. */
export type SupportedOperator =
  | ArithmeticOperator
  | NegationOperator
  | IdentityOperator
  | 'AveragePool'
  | 'BatchNormalization'
  | 'Cast'
  | 'Clip'
  | 'Concat'
  | 'Constant'
  | 'ConstantOfShape'
  | 'Conv'
  | 'ConvInteger'
  | 'ConvTranspose'
  | 'DepthToSpace'
  | 'DequantizeLinear'
  | 'Dropout'
  | 'DynamicQuantizeLinear'
  | 'Exp'
  | 'Flatten'
  | 'Gather'
  | 'Gemm'
  | 'GlobalAveragePool'
  | 'GlobalMaxPool'
  | 'HardSigmoid'
  | 'HardSwish'
  | 'LeakyRelu'
  | 'MatMul'
  | 'MatMulInteger'
  | 'Max'
  | 'MaxPool'
  | 'Min'
  | 'PRelu'
  | 'Pad'
  | 'QLinearConv'
  | 'QLinearMatMul'
  | 'QuantizeLinear'
  | 'ReduceMean'
  | 'ReduceProd'
  | 'Relu'
  | 'Reshape'
  | 'Resize'
  | 'Shape'
  | 'Sigmoid'
  | 'Slice'
  | 'Softmax'
  | 'Sqrt'
  | 'Squeeze'
  | 'Sum'
  | 'Transpose'
  | 'Unsqueeze'
  | 'Upsample'
  | 'com.microsoft.DequantizeLinear'
  | 'com.microsoft.DynamicQuantizeMatMul'
  | 'com.microsoft.QGemm'
  | 'com.microsoft.QLinearAdd'
  | 'com.microsoft.QLinearAveragePool'
  | 'com.microsoft.QLinearConcat'
  | 'com.microsoft.QLinearGlobalAveragePool'
  | 'com.microsoft.QLinearLeakyRelu'
  | 'com.microsoft.QLinearMul'
  | 'com.microsoft.QLinearSigmoid'
  | 'com.microsoft.QLinearSoftmax'
  | 'com.microsoft.QuantizeLinear'

interface Row {
  readonly read: Importer
  /** How many operands it takes, the optional ones included at most. */
  readonly operands: readonly [min: number, max: number]
}

const arithmeticRows = Object.fromEntries(
  Object.entries(arithmeticOperators.onnx).map(([name, kind]): [string, Row] => [
    name,
    { read: operation => arithmetic(operation, kind), operands: [2, 2] },
  ]),
) as { readonly [K in ArithmeticOperator]: Row }

const negationRows = Object.fromEntries(
  negationOperators.onnx.map((name): [string, Row] => [name, { read: neg, operands: [1, 1] }]),
) as { readonly [K in NegationOperator]: Row }

const identityRows = Object.fromEntries(
  identityOperators.onnx.map((name): [string, Row] => [name, { read: identity, operands: [1, 1] }]),
) as { readonly [K in IdentityOperator]: Row }

/** One row an operator. */
export const importers: { readonly [K in SupportedOperator]: Row } = {
  ...arithmeticRows,
  ...negationRows,
  ...identityRows,
  AveragePool: { read: averagePool, operands: [1, 1] },
  BatchNormalization: { read: batchNormalization, operands: [5, 5] },
  Cast: { read: cast, operands: [1, 1] },
  Clip: { read: clip, operands: [1, 3] },
  Concat: { read: concat, operands: [1, Infinity] },
  Constant: { read: constant, operands: [0, 0] },
  ConstantOfShape: { read: constantOfShape, operands: [1, 1] },
  Conv: { read: conv, operands: [2, 3] },
  ConvTranspose: { read: convTranspose, operands: [2, 3] },
  ConvInteger: { read: convInteger, operands: [2, 4] },
  DepthToSpace: { read: depthToSpace, operands: [1, 1] },
  DequantizeLinear: { read: dequantizeLinear, operands: [2, 3] },
  Dropout: { read: dropout, operands: [1, 3] },
  DynamicQuantizeLinear: { read: dynamicQuantizeLinear, operands: [1, 1] },
  Exp: { read: unary('exp'), operands: [1, 1] },
  Flatten: { read: flatten, operands: [1, 1] },
  Gather: { read: gather, operands: [2, 2] },
  Gemm: { read: gemm, operands: [2, 3] },
  GlobalAveragePool: { read: globalAveragePool, operands: [1, 1] },
  GlobalMaxPool: { read: globalMaxPool, operands: [1, 1] },
  HardSigmoid: { read: hardSigmoid, operands: [1, 1] },
  HardSwish: { read: hardSwish, operands: [1, 1] },
  LeakyRelu: { read: leakyRelu, operands: [1, 1] },
  MatMul: { read: matMul, operands: [2, 2] },
  MatMulInteger: { read: matMulInteger, operands: [2, 4] },
  Max: { read: max, operands: [2, 2] },
  MaxPool: { read: maxPool, operands: [1, 1] },
  Min: { read: min, operands: [2, 2] },
  PRelu: { read: prelu, operands: [2, 2] },
  Pad: { read: pad, operands: [1, 4] },
  QLinearConv: { read: qLinearConv, operands: [8, 9] },
  QLinearMatMul: { read: qLinearMatMul, operands: [8, 8] },
  QuantizeLinear: { read: quantizeLinear, operands: [2, 3] },
  ReduceMean: { read: reduceMean, operands: [1, 2] },
  ReduceProd: { read: reduceProd, operands: [1, 2] },
  Relu: { read: relu, operands: [1, 1] },
  Reshape: { read: reshape, operands: [2, 2] },
  Resize: { read: resize, operands: [2, 4] },
  Shape: { read: shape, operands: [1, 1] },
  Sigmoid: { read: sigmoid, operands: [1, 1] },
  Slice: { read: slice, operands: [1, 5] },
  Softmax: { read: softmax, operands: [1, 1] },
  Sqrt: { read: unary('sqrt'), operands: [1, 1] },
  Squeeze: { read: squeeze, operands: [1, 2] },
  Sum: { read: sum, operands: [1, Infinity] },
  Transpose: { read: transpose, operands: [1, 1] },
  Unsqueeze: { read: unsqueeze, operands: [1, 2] },
  Upsample: { read: upsample, operands: [1, 2] },
  'com.microsoft.DequantizeLinear': { read: dequantizeLinear, operands: [2, 3] },
  'com.microsoft.DynamicQuantizeMatMul': { read: dynamicQuantizeMatMul, operands: [3, 5] },
  'com.microsoft.QGemm': { read: qGemm, operands: [6, 9] },
  'com.microsoft.QLinearAdd': { read: qLinearAdd, operands: [7, 8] },
  'com.microsoft.QLinearAveragePool': { read: qLinearAveragePool, operands: [4, 5] },
  'com.microsoft.QLinearConcat': { read: qLinearConcat, operands: [5, Infinity] },
  'com.microsoft.QLinearGlobalAveragePool': { read: qLinearGlobalAveragePool, operands: [4, 5] },
  'com.microsoft.QLinearLeakyRelu': { read: qLinearLeakyRelu, operands: [4, 5] },
  'com.microsoft.QLinearMul': { read: qLinearMul, operands: [7, 8] },
  'com.microsoft.QLinearSigmoid': { read: qLinearSigmoid, operands: [4, 5] },
  'com.microsoft.QLinearSoftmax': { read: qLinearSoftmax, operands: [4, 5] },
  'com.microsoft.QuantizeLinear': { read: quantizeLinear, operands: [2, 3] },
}

export function isSupported(name: string): name is SupportedOperator {
  return Object.hasOwn(importers, name)
}
