import { dequantized, type ElementType, type Node, type Params, type Tensor, tensor, zeros } from '@depthwise/core'
import { isProduct, type ParamName, perIndex, quantizeInto } from '@depthwise/core/backend'

// Quantized ops compute in reals here: operands are dequantized before a kernel and its results are rounded to what the node
// stores behind it. That is near the integer arithmetic of the runtimes quantized files are made for, not equal to it.

/** The reals of an operand; bytes of images stand for themselves and stay. */
export function inReals(value: Tensor): Tensor {
  return value.quantization ? dequantized(value) : value
}

/** Results of a kernel as their node stores them. */
export function asStored(results: Tensor<'float32'>, { dtype, quantization }: ElementType): Tensor {
  if (!quantization) return results
  const stored = zeros(results.shape, dtype)
  quantizeInto(results.data, { dtype, quantization }, stored.data)
  return { ...stored, quantization }
}

/**
 * The parameters of a node as reals. A quantized bias counts in steps of the scale of the operand times that of the weights,
 * whatever it says itself.
 */
export function realParams({ op, quantization }: Node, operand: Node | undefined, params: Params): Params {
  if (!quantization || !isProduct(op)) return params
  const weights = params.get(op.weights) as Tensor
  const reals = new Map<ParamName, Tensor>([[op.weights, dequantized(weights)]])
  if (op.bias === null) return reals
  const step = operand?.quantization ? (perIndex(operand.quantization).scales[0] as number) : 1
  const scales = weights.quantization ? perIndex(weights.quantization).scales : [1]
  const { shape, data } = params.get(op.bias) as Tensor
  const bias = Float32Array.from(data, (value, c) => value * step * (scales[c % scales.length] as number))
  return reals.set(op.bias, tensor(shape, bias))
}
