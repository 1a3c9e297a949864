import type { Size2 } from '@depthwise/core'
import { pool2dOptions, reducerOptions } from '../schema.ts'
import type { Operation, Outcome } from './operation.ts'
import { readWindow } from './window.ts'

/** TensorFlow divides by the pixels a window really sees, not by the padding. */
export function averagePool2d(operation: Operation): Outcome {
  const { window, operand, activation } = readPool(operation)
  const op = { kind: 'averagePool', ...window, countPadding: false } as const
  return { kind: 'node', op, operands: [operand.value], bounds: operand.bounds, activation }
}

export function maxPool2d(operation: Operation): Outcome {
  const { window, operand, activation } = readPool(operation)
  return {
    kind: 'node',
    op: { kind: 'maxPool', ...window },
    operands: [operand.value],
    bounds: operand.bounds,
    activation,
  }
}

/** The mean over height and width; over other axes there is no op for it. */
export function mean(operation: Operation): Outcome {
  const operand = operation.image(0)
  const axes = new Set(operation.integers(operation.constant(1)).map(axis => (axis < 0 ? axis + 4 : axis)))
  if (axes.size !== 2 || !axes.has(1) || !axes.has(2)) {
    throw operation.unsupported('the axes of height and width, 1 and 2', [...axes].slice(0, 8).join(', ') || 'none')
  }
  const keepDims = operation.optionsIfAny(reducerOptions)?.uint8('keep_dims') ?? 0
  const op = { kind: 'globalAveragePool', keepDims: keepDims !== 0 } as const
  return { kind: 'node', op, operands: [operand.value], bounds: operand.bounds }
}

function readPool(operation: Operation) {
  const options = operation.options(pool2dOptions)
  const operand = operation.image(0)
  const kernel: Size2 = [options.int32('filter_height'), options.int32('filter_width')]
  const window = readWindow(operation, options, operand.value.shape, kernel)
  return { window, operand, activation: operation.activation(options) }
}
