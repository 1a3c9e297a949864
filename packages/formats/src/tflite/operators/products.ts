import type { Shape } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import { firstAxisLast } from '../../transpose.ts'
import type { ConstantTensor } from '../constants.ts'
import { conv2dOptions, depthwiseConv2dOptions } from '../schema.ts'
import type { Table } from '../table.ts'
import { image } from './alignment.ts'
import type { Operation, Outcome } from './operation.ts'
import { parametersOf } from './parameters.ts'
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
    ...parametersOf(operation, {
      input,
      filter,
      shape: [height, width, depth, filters],
      axis: 3,
      fileAxis: 0,
      arrange: values => firstAxisLast(values, filters),
    }),
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
    ...parametersOf(operation, {
      input,
      filter,
      shape: [height, width, channels, multiplier],
      axis: 2,
      fileAxis: 3,
      arrange: values => values,
    }),
    activation: operation.activation(options),
  }
}

function readDilations(options: Table<'dilation_w_factor' | 'dilation_h_factor'>): Size2 {
  return [options.int32('dilation_h_factor', 1), options.int32('dilation_w_factor', 1)]
}

export function extents(operation: Operation, constant: ConstantTensor, rank: number): Shape {
  if (constant.shape.length !== rank) {
    throw operation.malformed(`weights of rank ${rank}`, `${constant.label} of ${constant.shape.join('x')}`)
  }
  return constant.shape
}
