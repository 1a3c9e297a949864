import { type Constant, dequantizedConstant, realConstant } from '../constant.ts'
import type { Computed } from '../operand.ts'
import type { Operation } from '../operation.ts'
import { softmax } from './activations.ts'
import { combined, withConstant as combinedWith } from './arithmetic.ts'
import { dequantizedWeights } from './integer-weights.ts'
import { leakyRelu } from './piecewise.ts'
import { averagePool, globalAveragePool } from './pools.ts'
import { convolution, dense } from './products.ts'
import { constantReals, dequantized, requantized } from './quantization.ts'
import { joined } from './shapes.ts'

// Operators from integers to integers, each with the scales and zero points of its operands and result behind them (those of
// the domain com.microsoft are onnxruntime's, docs/ContribOperators.md): the operator on reals between those its operands stand
// for and the integers of its result, or what these can hold.

/** The nodes before the clamp. */
const step = 'real'

export function qLinearConv(operation: Operation): Computed {
  const image = operation.asImage(dequantized(operation, 0))
  const { weights, scales } = dequantizedWeights(operation, 3, 0)
  const bias = operation.has(8) ? biasOf(operation, 8, scales) : null
  return requantized(operation, convolution(operation.towards(step), image, weights, bias), 6)
}

export function qLinearMatMul(operation: Operation): Computed {
  const rows = dequantized(operation, 0)
  const { weights } = dequantizedWeights(operation, 3, 1)
  return requantized(operation, dense(operation.towards(step), rows, weights, null), 6)
}

/** Its result is of reals where it states no scale for it. */
export function qGemm(operation: Operation): Computed {
  const { attributes } = operation
  if (attributes.integer('transA', 0) !== 0) throw operation.unsupported('an A that is not transposed', 'transA')
  const isTransposed = attributes.integer('transB', 0) !== 0
  const alpha = attributes.real('alpha', 1)
  const rows = dequantized(operation, 0)
  const { weights, scales } = dequantizedWeights(operation, 3, isTransposed ? 0 : 1, alpha)
  const bias = operation.has(6) ? biasOf(operation, 6, scales) : null
  const isReal = !operation.has(7)
  const here = isReal ? operation : operation.towards(step)
  const product = dense(here, rows, weights, bias, { weights: 1, isTransposed })
  return isReal ? product : requantized(operation, product, 7)
}

/** Biases count by the scale of the activation times that of the weights. */
function biasOf(operation: Operation, position: number, weightScales: readonly number[]): Constant {
  const bias = operation.channelConstant(position, weightScales.length)
  const activation = operation.scalar(1)
  operation.spend(weightScales.length)
  const scales = weightScales.map(scale => activation * scale)
  const numbers = bias.numbers()
  const reals = Float32Array.from(weightScales, (scale, channel) => (numbers[channel] as number) * activation * scale)
  if (bias.type !== 'INT32') return realConstant(bias.label, reals)
  const stored = { type: bias.type, numbers: () => numbers, scales, zeroPoints: scales.map(() => 0), axis: 0 }
  return dequantizedConstant(bias.label, [scales.length], stored, () => reals)
}

export const qLinearAdd = (operation: Operation): Computed => elementwise(operation, 'add')
export const qLinearMul = (operation: Operation): Computed => elementwise(operation, 'mul')

function elementwise(operation: Operation, kind: 'add' | 'mul'): Computed {
  const constant = [0, 3].find(position => operation.operand(position).kind === 'constant')
  if (constant !== undefined) return withConstant(operation, kind, constant)
  const [a, b] = [0, 3].map(position => operation.unflattened(dequantized(operation, position))) as [Computed, Computed]
  return requantized(operation, combined(operation.towards(step), kind, a, b), 6)
}

/** A constant counts by the scale and zero point behind it, as values do. */
function withConstant(operation: Operation, kind: 'add' | 'mul', position: number): Computed {
  const operand = operation.unflattened(dequantized(operation, 3 - position))
  const constant = constantReals(operation, position)
  // Sums and products of constants are the same on either side.
  return requantized(operation, combinedWith(operation.towards(step), kind, operand, constant, position), 6)
}

export function qLinearConcat(operation: Operation): Computed {
  const positions = Array.from({ length: Math.floor((operation.operandCount - 2) / 3) }, (_, i) => 2 + 3 * i)
  const operands = positions.map(position =>
    operation.operand(position).kind === 'constant'
      ? constantReals(operation, position)
      : operation.unflattened(dequantized(operation, position)),
  )
  const rank = operands[0]?.shape.length ?? 0
  const axis = operation.axis(operation.attributes.integer('axis', 0), rank)
  return requantized(operation, joined(operation.towards(step), operands, axis, positions), 0)
}

export function qLinearGlobalAveragePool(operation: Operation): Computed {
  const image = imageOf(operation)
  return requantized(operation, globalAveragePool(operation.towards(step), image), 3)
}

export function qLinearAveragePool(operation: Operation): Computed {
  const image = imageOf(operation)
  return requantized(operation, averagePool(operation.towards(step), image), 3)
}

function imageOf(operation: Operation) {
  if (operation.attributes.integer('channels_last', 0) !== 0) throw operation.unsupported('NCHW', 'channels_last')
  return operation.asImage(dequantized(operation, 0))
}

export function qLinearSigmoid(operation: Operation): Computed {
  const operand = dequantized(operation, 0)
  const mapped = operation.towards(step).mapped({ kind: 'sigmoid' }, operand, { min: 0, max: 1 })
  return requantized(operation, mapped, 3)
}

export function qLinearLeakyRelu(operation: Operation): Computed {
  return requantized(operation, leakyRelu(operation.towards(step), dequantized(operation, 0)), 3)
}

/** Its axes are those of the operator set that it states, whatever the file's is. */
export function qLinearSoftmax(operation: Operation): Computed {
  const operand = operation.unflattened(dequantized(operation, 0))
  const opset = operation.attributes.integer('opset', operation.opset)
  return requantized(operation, softmax(operation.towards(step), operand, opset), 3)
}

/** The runtime measures the range of the rows for each run; reals do not need it. */
export function dynamicQuantizeMatMul(operation: Operation): Computed {
  const { weights } = dequantizedWeights(operation, 1, 1)
  const bias = operation.has(4) ? operation.channelConstant(4, weights.shape[1] ?? 0) : null
  return dense(operation, operation.reals(0), weights, bias)
}
