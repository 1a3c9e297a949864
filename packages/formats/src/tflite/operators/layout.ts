import type { Shape } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'
import { permutedIndices } from '../../permute.ts'
import type { ConstantTensor } from '../constants.ts'
import { partition } from '../partition.ts'
import { reshapeOptions, squeezeOptions } from '../schema.ts'
import { isInOrder, plainAxes } from '../view.ts'
import { reshapedConstant } from './folded.ts'
import type { Operand, Operation, Outcome } from './operation.ts'

/** No tensor of a sensible network has more axes. */
const maxRank = 8

/** The new shape is the second operand where there is one, else an option; -1 stands for what is left. */
export function reshape(operation: Operation): Outcome {
  const asked = operation.has(1)
    ? operation.integers(operation.constant(1))
    : (operation.optionsIfAny(reshapeOptions)?.int32s('new_shape') ?? [])
  return reshaped(operation, ({ shape }) => {
    const count = elementCount(shape)
    const known = elementCount(asked.filter(extent => extent !== -1))
    const resolved = asked.map(extent => (extent === -1 ? count / known : extent))
    const isShape = resolved.length <= maxRank && resolved.every(extent => Number.isSafeInteger(extent) && extent > 0)
    if (asked.filter(extent => extent === -1).length > 1 || !isShape || elementCount(resolved) !== count) {
      throw operation.malformed(`a shape of ${count} elements`, `[${asked.slice(0, maxRank)}]`)
    }
    return resolved
  })
}

/** Drops the axes named, or every axis of extent 1 where none is. */
export function squeeze(operation: Operation): Outcome {
  const named = operation.optionsIfAny(squeezeOptions)?.int32s('squeeze_dims') ?? []
  return reshaped(operation, ({ shape }) => {
    const axes = new Set(named.map(axis => (axis < 0 ? axis + shape.length : axis)))
    const wrong = [...axes].find(axis => shape[axis] !== 1)
    if (wrong !== undefined) throw operation.malformed(`axes of extent 1 in [${shape}]`, `axis ${wrong}`)
    return shape.filter((extent, axis) => (axes.size === 0 ? extent !== 1 : !axes.has(axis)))
  })
}

/** Adds an axis of extent 1. */
export function expandDims(operation: Operation): Outcome {
  const [given, ...others] = operation.integers(operation.constant(1))
  if (given === undefined || others.length > 0) throw operation.malformed('one axis', 'others')
  return reshaped(operation, ({ shape }) => shape.toSpliced(operation.axis(given, shape.length + 1), 0, 1))
}

/** Moves no element: the same value is seen with its axes in another order. */
export function transpose(operation: Operation): Outcome {
  const permutation = operation.integers(operation.constant(1))
  const operand = operation.isConstant(0) ? operation.constant(0) : operation.operand(0)
  const { shape } = operand
  const isPermutation = shape.every((_, axis) => permutation.includes(axis)) && permutation.length === shape.length
  if (!isPermutation)
    throw operation.malformed(`the ${shape.length} axes in any order`, `[${permutation.slice(0, maxRank)}]`)
  if (!('axes' in operand)) return transposedConstant(operation, operand, permutation)
  const axes = permutation.map(axis => operand.axes[axis] as readonly number[])
  return { kind: 'same', operand: { ...operand, shape: permutation.map(axis => shape[axis] as number), axes } }
}

function transposedConstant(operation: Operation, constant: ConstantTensor, permutation: readonly number[]): Outcome {
  const { shape, type, quantization, data } = constant
  const count = elementCount(shape)
  const width = data.length / count
  if (!Number.isInteger(width) || width === 0) {
    throw operation.malformed(`bytes for ${count} elements`, `${data.length}`)
  }
  operation.spend(data.length)
  const moved = new Uint8Array(data.length)
  for (const [i, place] of permutedIndices(shape, permutation).entries()) {
    moved.set(data.subarray(place * width, (place + 1) * width), i * width)
  }
  const tensor = {
    ...operation.output,
    type,
    data: moved,
    shape: permutation.map(axis => shape[axis] as number),
    quantization: quantization && { ...quantization, axis: Math.max(0, permutation.indexOf(quantization.axis)) },
  }
  return { kind: 'constant', tensor }
}

/**
 * The elements of an operand in another shape. Where they follow one another as the value holds them, it takes that shape; a
 * shape that does not keep the batch in front, or of axes that are held in another order, is a matter of how the value is seen.
 */
function reshaped(operation: Operation, shapeOf: (operand: { readonly shape: Shape }) => Shape): Outcome {
  if (operation.isConstant(0)) {
    const constant = operation.constant(0)
    const shape = shapeOf(constant)
    if (shape.length > maxRank) throw operation.malformed(`at most ${maxRank} axes`, `${shape.length}`)
    return reshapedConstant(operation, constant, shape)
  }
  const operand = operation.operand(0)
  const { value, axes, bounds } = operand
  const shape = shapeOf(operand)
  if (shape.length > maxRank) throw operation.malformed(`at most ${maxRank} axes`, `${shape.length}`)
  // A value of nothing but a batch would have that as its channels.
  if (shape.length > 1 && isInOrder(operand) && shape[0] === value.shape[0]) {
    const op = { kind: 'reshape', target: shape.slice(1) } as const
    return { kind: 'node', op, operands: [value], bounds, held: { shape, axes: plainAxes(shape) } }
  }
  return { kind: 'same', operand: seenAs(operation, operand, shape, axes.flat()) }
}

/**
 * The same tensor in another shape, its value split where the shape divides an axis.
 * @throws UnsupportedOpError where an axis would have to be made of parts of others
 */
export function seenAs(operation: Operation, operand: Operand, shape: Shape, sequence: readonly number[]): Operand {
  const { value } = operand
  const parts = partition(value.shape, sequence, shape)
  if (!parts) {
    const found = `[${operand.shape}] to [${shape}]`
    throw operation.unsupported(
      `a shape that keeps the batch of ${value.shape[0]} in front, or divides the axes`,
      found,
    )
  }
  const { held, axes } = parts
  const isSplit = held.length !== value.shape.length
  const split = isSplit ? operation.insert({ kind: 'reshape', target: held.slice(1) }, [value]) : value
  return { ...operand, value: split, shape, axes }
}
