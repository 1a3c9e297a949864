import { type Padding, slidingExtent } from '@depthwise/core/backend'
import { planarFromOurs, reorder } from '../../layout.ts'
import type { Computed } from '../operand.ts'
import type { Image, Operation } from '../operation.ts'
import { readWindow, type Window } from './window.ts'

export function averagePool(operation: Operation, image: Image = operation.image(0)): Computed {
  const countPadding = operation.attributes.integer('count_include_pad', 0) !== 0
  const { dilations: _, ...window } = poolWindow(operation, image.shape, countPadding)
  return pooled(image, operation.emit({ kind: 'averagePool', ...window, countPadding }, [image.value]))
}

/** The largest of integers stands for the largest of the reals that they count. */
export function maxPool(operation: Operation): Computed {
  const operand = operation.computed(0)
  const image = operation.asImage(operand.elements === 'integer' ? operation.reals(0) : operand)
  const { dilations: _, ...window } = poolWindow(operation, image.shape, false)
  return pooled(image, operation.emit({ kind: 'maxPool', ...window }, [image.value]))
}

export function globalAveragePool(operation: Operation, image: Image = operation.image(0)): Computed {
  return pooled(image, operation.emit({ kind: 'globalAveragePool', keepDims: true }, [image.value]))
}

export function globalMaxPool(operation: Operation): Computed {
  const image = operation.image(0)
  const kernel = [image.shape[2], image.shape[3]] as const
  const padding = { top: 0, bottom: 0, left: 0, right: 0 }
  return pooled(image, operation.emit({ kind: 'maxPool', kernel, strides: [1, 1], padding }, [image.value]))
}

/** The mean over height and width, wherever the file has them; over other axes there is no op for it. */
export function reduceMean(operation: Operation): Computed {
  const operand = operation.ordered(0)
  const { shape, order } = operand
  const given = operation.listSince(18, 1, 'axes') ?? []
  const axes = operation.axes(given, shape.length)
  const [, height, width] = order as readonly [number, number, number]
  if (shape.length !== 4 || axes.size !== 2 || !axes.has(height) || !axes.has(width)) {
    throw operation.unsupported(`the axes of height and width, ${height} and ${width}`, `[${given.slice(0, 8)}]`)
  }
  const keepDims = operation.attributes.integer('keepdims', 1) !== 0
  const value = operation.emit({ kind: 'globalAveragePool', keepDims }, [operand.value])
  if (!keepDims) return { ...operand, value, shape: value.shape, order: [0, 1] }
  return { ...operand, value, shape: shape.map((extent, axis) => (axes.has(axis) ? 1 : extent)) }
}

/** Averages and maxima keep to what their operands keep to. */
function pooled(image: Computed, value: Computed['value']): Computed {
  return { ...image, value, shape: reorder(value.shape, planarFromOurs) }
}

function poolWindow(operation: Operation, image: readonly number[], countPadding: boolean): Window {
  const { attributes } = operation
  const window = readWindow(operation, image, attributes.integers('kernel_shape') ?? [])
  if (window.dilations.some(dilation => dilation !== 1)) {
    throw operation.unsupported('a pool without dilation', `${window.dilations}`)
  }
  if (attributes.integer('ceil_mode', 0) === 0 || attributes.text('auto_pad', 'NOTSET') !== 'NOTSET') return window
  const padding = roundedUp(image, window)
  const grown = padding.bottom !== window.padding.bottom || padding.right !== window.padding.right
  if (grown && countPadding) throw operation.unsupported('sizes that need no rounding up', 'ceil_mode, padding counted')
  return { ...window, padding }
}

/**
 * Rounding the size up lets a last window hang over the end: padding behind it that does not count. One that would start
 * behind the image is not added.
 */
function roundedUp([, , height, width]: readonly number[], { kernel, strides, padding }: Window): Padding {
  const grow = (extent: number, size: number, stride: number, before: number, after: number): number => {
    const floor = slidingExtent(extent, size, stride, before + after)
    const isWhole = (extent + before + after - size) % stride === 0
    const starts = floor * stride
    return isWhole || starts >= extent + before ? after : starts + size - extent - before
  }
  const bottom = grow(height as number, kernel[0], strides[0], padding.top, padding.bottom)
  const right = grow(width as number, kernel[1], strides[1], padding.left, padding.right)
  return { ...padding, bottom, right }
}
