import { type Quantization, type Shape, type Tensor, tensor } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'
import type { Arrangeable } from '../../permute.ts'
import type { ConstantTensor } from '../constants.ts'
import type { FileTensor } from '../file.ts'
import type { TensorQuantization } from '../quantization.ts'
import type { Operand, Operation } from './operation.ts'

/** Weights and bias of a product, as an operation has them. */
interface Product {
  readonly input: Operand
  readonly filter: ConstantTensor
  /** Shape of the weights in core. */
  readonly shape: Shape
  /** The axis of `shape` from which output channels are counted. */
  readonly axis: number
  /** The axis of the file's weights along which scales of output channels run. */
  readonly fileAxis: number
  /** The file's weights in core's order. */
  readonly arrange: <A extends Arrangeable>(values: A) => A
}

/** What a product multiplies by and adds. */
interface Parameters {
  readonly weights: Tensor
  readonly bias: Tensor | null
}

/**
 * The parameters of a product: integers as they are stored where its operand is quantized here and the file's weights are
 * bytes with scales of their own, else reals.
 */
export function parametersOf(operation: Operation, product: Product): Parameters {
  const { input, filter, shape, axis, arrange } = product
  const bias = operation.has(2) ? operation.constant(2) : null
  const quantization = quantizationOf(operation, product, bias)
  const weights = quantization
    ? storedWeights(operation, product, quantization)
    : tensor(shape, arrange(operation.reals(filter)))
  if (!bias) return { weights, bias }
  const outputs = elementCount(shape.slice(axis))
  if (elementCount(bias.shape) !== outputs) {
    throw operation.malformed(`a bias of ${outputs}`, `${bias.label} of ${elementCount(bias.shape)}`)
  }
  if (quantization) return { weights, bias: tensor([outputs], Int32Array.from(operation.stored(bias))) }
  return { weights, bias: tensor([outputs], operation.reals(bias, productScale(input, filter))) }
}

/** How weights that stay integers stand for reals; null where they do not stay so. */
function quantizationOf(
  { output }: Operation,
  { input, filter, axis, fileAxis }: Product,
  bias: ConstantTensor | null,
): Quantization | null {
  const isQuantized = input.value.quantization !== undefined && output.quantization !== null && isByte(output)
  if (!isQuantized || !filter.quantization || !isByte(filter) || (bias && bias.type !== 'INT32')) return null
  const { scales, zeroPoints } = filter.quantization
  if (scales.length === 1) return { scale: scales[0] as number, zeroPoint: zeroPoints[0] as number }
  return filter.quantization.axis === fileAxis ? { scale: scales, zeroPoint: zeroPoints, axis } : null
}

const isByte = ({ type }: FileTensor): boolean => type === 'INT8' || type === 'UINT8'

function storedWeights(operation: Operation, { filter, shape, arrange }: Product, quantization: Quantization): Tensor {
  return { ...tensor(shape, arrange(operation.stored(filter))), quantization }
}

/**
 * Integer biases count in units of input scale times weight scale (the quantization specification of TensorFlow Lite), and
 * mostly say so themselves.
 */
function productScale(input: Operand, weights: ConstantTensor): TensorQuantization | null {
  const inputScale = input.tensor.quantization?.scales[0]
  if (inputScale === undefined || !weights.quantization) return null
  const scales = weights.quantization.scales.map(scale => scale * inputScale)
  return { scales, zeroPoints: scales.map(() => 0), axis: 0 }
}
