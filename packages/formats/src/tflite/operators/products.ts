import { elementCount, type Shape, type Size2, type Tensor, tensor } from '@depthwise/core'
import { firstAxisLast } from '../../transpose.ts'
import type { ConstantTensor } from '../constants.ts'
import type { TensorQuantization } from '../quantization.ts'
import { conv2dOptions, depthwiseConv2dOptions } from '../schema.ts'
import type { Table } from '../table.ts'
import { image } from './alignment.ts'
import type { Operand, Operation, Outcome } from './operation.ts'
import { readWindow } from './window.ts'

/** Filters are OHWI; an I that divides the input's channels makes groups. */
export function conv2d(operation: Operation): Outcome {
  const options = operation.options(conv2dOptions)
  const input = image(operation, 0)
  const filter = operation.constant(1)
  const [filters, height, width, depth] = extents(operation, filter, 4) as [number, number, number, number]
  const channels = input.value.shape[3] as number
  if (channels % depth !== 0) throw operation.malformed(`filters whose depth divides ${channels}`, `${depth}`)
  const dilations = readDilations(options)
  const window = readWindow(operation, options, input.value.shape, [height, width], dilations)
  return {
    kind: 'product',
    op: { kind: 'conv2d', filters, ...window, dilations, groups: channels / depth },
    operand: input.value,
    weights: tensor([height, width, depth, filters], firstAxisLast(operation.reals(filter), filters)),
    bias: readBias(operation, input, filter, filters),
    activation: operation.activation(options),
  }
}

/** Filters are `[1, H, W, channels * multiplier]`, channel-major, as ours are; the option `depth_multiplier` is redundant. */
export function depthwiseConv2d(operation: Operation): Outcome {
  const options = operation.options(depthwiseConv2dOptions)
  const input = image(operation, 0)
  const filter = operation.constant(1)
  const [one, height, width, outputs] = extents(operation, filter, 4) as [number, number, number, number]
  const channels = input.value.shape[3] as number
  if (one !== 1 || outputs % channels !== 0) {
    throw operation.malformed(`filters of 1xHxWxN, N a multiple of ${channels} channels`, filter.shape.join('x'))
  }
  const multiplier = outputs / channels
  const dilations = readDilations(options)
  const window = readWindow(operation, options, input.value.shape, [height, width], dilations)
  return {
    kind: 'product',
    op: { kind: 'depthwiseConv2d', multiplier, ...window, dilations },
    operand: input.value,
    weights: tensor([height, width, channels, multiplier], operation.reals(filter)),
    bias: readBias(operation, input, filter, outputs),
    activation: operation.activation(options),
  }
}

function readDilations(options: Table<'dilation_w_factor' | 'dilation_h_factor'>): Size2 {
  return [options.int32('dilation_h_factor', 1), options.int32('dilation_w_factor', 1)]
}

/**
 * The bias of a product, the third operand, or null. Integer biases count in units of input scale times weight scale (the
 * quantization specification of TensorFlow Lite), and mostly say so themselves.
 */
export function readBias(
  operation: Operation,
  input: Operand,
  weights: ConstantTensor,
  outputs: number,
): Tensor<'float32'> | null {
  if (!operation.has(2)) return null
  const bias = operation.constant(2)
  if (elementCount(bias.shape) !== outputs) {
    throw operation.malformed(`a bias of ${outputs}`, `${bias.label} of ${elementCount(bias.shape)}`)
  }
  return tensor([outputs], operation.reals(bias, productScale(input, weights)))
}

function productScale(input: Operand, weights: ConstantTensor): TensorQuantization | null {
  const inputScale = input.tensor.quantization?.scales[0]
  if (inputScale === undefined || !weights.quantization) return null
  const scales = weights.quantization.scales.map(scale => scale * inputScale)
  return { scales, zeroPoints: scales.map(() => 0), axis: 0 }
}

export function extents(operation: Operation, constant: ConstantTensor, rank: number): Shape {
  if (constant.shape.length !== rank) {
    throw operation.malformed(`weights of rank ${rank}`, `${constant.label} of ${constant.shape.join('x')}`)
  }
  return constant.shape
}
