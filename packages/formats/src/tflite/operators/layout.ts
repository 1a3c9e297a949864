import { elementCount, type Shape } from '@depthwise/core'
import { hull } from '../bounds.ts'
import { concatenationOptions, reshapeOptions, squeezeOptions } from '../schema.ts'
import type { Operand, Operation, Outcome } from './operation.ts'

/** Pads with zeros: in quantised files the padding is the zero point, which is zero too. */
export function pad(operation: Operation): Outcome {
  const operand = operation.operand(0)
  const rank = operand.value.shape.length
  const amounts = operation.integers(operation.constant(1))
  if (amounts.length !== 2 * rank) throw operation.malformed(`${2 * rank} paddings`, `${amounts.length}`)
  const pads = operand.value.shape.map(
    (_, axis) => [amounts[2 * axis] as number, amounts[2 * axis + 1] as number] as const,
  )
  if (pads[0]?.some(amount => amount !== 0)) throw operation.unsupported('no padding of the batch', `${pads[0]}`)
  const bounds = hull([operand.bounds, { min: 0, max: 0 }])
  return { kind: 'node', op: { kind: 'pad', pads, value: 0 }, operands: [operand.value], bounds }
}

/** The new shape is the second operand where there is one, else an option; -1 stands for what is left. */
export function reshape(operation: Operation): Outcome {
  const operand = operation.operand(0)
  const shape = operation.has(1)
    ? operation.integers(operation.constant(1))
    : (operation.optionsIfAny(reshapeOptions)?.int32s('new_shape') ?? [])
  const count = elementCount(operand.value.shape)
  const known = elementCount(shape.filter(extent => extent !== -1))
  const resolved = shape.map(extent => (extent === -1 ? count / known : extent))
  if (shape.filter(extent => extent === -1).length > 1 || elementCount(resolved) !== count) {
    throw operation.malformed(`a shape of ${count} elements`, `[${shape.slice(0, 8)}]`)
  }
  return reshaped(operation, operand, resolved)
}

/** Drops the axes named, or every axis of extent 1 where none is. */
export function squeeze(operation: Operation): Outcome {
  const operand = operation.operand(0)
  const { shape } = operand.value
  const named = operation.optionsIfAny(squeezeOptions)?.int32s('squeeze_dims') ?? []
  const axes = new Set(named.map(axis => (axis < 0 ? axis + shape.length : axis)))
  const wrong = [...axes].find(axis => shape[axis] !== 1)
  if (wrong !== undefined) throw operation.malformed(`axes of extent 1 in [${shape}]`, `axis ${wrong}`)
  const kept = shape.filter((extent, axis) => (axes.size === 0 ? extent !== 1 : !axes.has(axis)))
  if (axes.has(0)) throw operation.unsupported('a squeeze that keeps the batch', 'axis 0 among the axes')
  return reshaped(operation, operand, kept)
}

/** Joins computed tensors; a constant among them, or the batch as the axis, is not supported. */
export function concatenation(operation: Operation): Outcome {
  const options = operation.options(concatenationOptions)
  const operands = Array.from({ length: operation.operandCount }, (_, position) => operation.operand(position))
  const rank = operands[0]?.value.shape.length ?? 0
  const given = options.int32('axis')
  const axis = given < 0 ? given + rank : given
  if (axis === 0) throw operation.unsupported('an axis other than the batch', `${given}`)
  return {
    kind: 'node',
    op: { kind: 'concat', axis },
    operands: operands.map(operand => operand.value),
    bounds: hull(operands.map(operand => operand.bounds)),
    activation: operation.activation(options),
  }
}

/** Every value of the graph has the batch as its first axis; a shape that moves items across it cannot be kept. */
function reshaped(operation: Operation, operand: Operand, shape: Shape): Outcome {
  const [batch] = operand.value.shape
  if (shape[0] !== batch) {
    const found = `[${operand.value.shape}] to [${shape.slice(0, 8)}]`
    throw operation.unsupported(`a shape that keeps the batch of ${batch} in front`, found)
  }
  const op = { kind: 'reshape', target: shape.slice(1) } as const
  return { kind: 'node', op, operands: [operand.value], bounds: operand.bounds }
}
