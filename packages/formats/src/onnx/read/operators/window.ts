import type { Shape } from '@depthwise/core'
import { dilatedExtent, type Padding, type Size2, samePadding } from '@depthwise/core/backend'
import type { Operation } from '../operation.ts'

export interface Window {
  readonly kernel: Size2
  readonly strides: Size2
  readonly padding: Padding
  readonly dilations: Size2
}

/**
 * The window of an operator over an NCHW image, its padding resolved.
 * @throws FormatError for kernels, strides, dilations and pads that are none; UnsupportedOpError for negative pads
 */
export function readWindow(operation: Operation, image: Shape, kernel: readonly number[]): Window {
  const { attributes } = operation
  const kernelSize = pair(operation, 'kernel_shape', kernel)
  const strides = pair(operation, 'strides', attributes.integers('strides') ?? [1, 1])
  const dilations = pair(operation, 'dilations', attributes.integers('dilations') ?? [1, 1])
  const [vertical, horizontal] = [0, 1].map(axis => {
    const covered = dilatedExtent(kernelSize[axis] as number, dilations[axis] as number)
    return padsAlong(operation, axis, image[2 + axis] as number, covered, strides[axis] as number)
  }) as [Pair, Pair]
  const padding = { top: vertical[0], bottom: vertical[1], left: horizontal[0], right: horizontal[1] }
  return { kernel: kernelSize, strides, padding, dilations }
}

type Pair = readonly [before: number, after: number]

function padsAlong(operation: Operation, axis: number, extent: number, covered: number, stride: number): Pair {
  const { attributes } = operation
  const auto = attributes.text('auto_pad', 'NOTSET')
  if (auto === 'VALID') return [0, 0]
  if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
    // SAME_UPPER is TensorFlow's; the other has the odd row or column before the image.
    const [before, after] = samePadding(extent, covered, stride)
    return auto === 'SAME_UPPER' ? [before, after] : [after, before]
  }
  if (auto !== 'NOTSET') throw operation.malformed('a known auto_pad', auto.slice(0, 80))
  const pads = attributes.integers('pads') ?? [0, 0, 0, 0]
  if (pads.length !== 4) throw operation.malformed('four pads', `[${pads.slice(0, 8)}]`)
  if (pads.some(amount => amount < 0)) throw operation.unsupported('pads of at least 0', `[${pads}]`)
  return [pads[axis] as number, pads[axis + 2] as number]
}

function pair(operation: Operation, name: string, values: readonly number[]): Size2 {
  if (values.length !== 2 || !values.every(value => value > 0 && value < 2 ** 31)) {
    throw operation.malformed(`two positive integers as ${name}`, `[${values.slice(0, 8)}]`)
  }
  return values as readonly number[] as Size2
}
