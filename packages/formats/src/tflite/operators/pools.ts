import type { Size2 } from '@depthwise/core/backend'
import { pool2dOptions } from '../schema.ts'
import { image } from './alignment.ts'
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

function readPool(operation: Operation) {
  const options = operation.options(pool2dOptions)
  const operand = image(operation, 0)
  const kernel: Size2 = [options.int32('filter_height'), options.int32('filter_width')]
  const window = readWindow(operation, options, operand.value.shape, kernel)
  return { window, operand, activation: operation.activation(options) }
}
