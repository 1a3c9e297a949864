import type { Op, Value } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'
import { channelConstants } from '../../affine.ts'
import { permute } from '../../permute.ts'
import type { ConstantTensor } from '../constants.ts'
import { withRank } from '../view.ts'
import { isHeldLast, withAxisLast } from './alignment.ts'
import { numbersOf } from './folded.ts'
import type { Operand, Operation, Outcome } from './operation.ts'

type Node = Extract<Outcome, { readonly kind: 'node' }>

/** The attributes of `affine` for numbers, one for each channel of a value. */
export type AffineOf = (channels: readonly number[]) => {
  readonly scale: readonly number[]
  readonly offset: readonly number[]
}

/** What a constant does to an operand by scale and offset: a single number, or one for each index along one of its axes. */
export function alongChannels(operation: Operation, given: Operand, constant: ConstantTensor, affine: AffineOf): Node {
  const operand = withRank(given, constant.shape.length)
  const { value, numbers } = perChannel(operation, operand, constant)
  const op: Op = { kind: 'affine', ...affine(numbers) }
  return restored(operation, operand, op, value)
}

/** Whether a constant is a single number, or one for each index along the axis of an operand that its value holds last. */
export function runsAlongChannels(given: Operand, { shape }: ConstantTensor): boolean {
  const operand = withRank(given, shape.length)
  const long = shape.flatMap((extent, i) => (extent === 1 ? [] : [i + operand.shape.length - shape.length]))
  const [axis] = long
  if (axis === undefined) return true
  return long.length === 1 && elementCount(shape) === operand.shape[axis] && isHeldLast(operand, axis)
}

/**
 * The numbers of a constant for each channel of a value, and that value of the operand: where the axis that they run along is
 * not its last by itself, in another shape.
 * @throws UnsupportedOpError for constants that run along several axes
 */
export function perChannel(
  operation: Operation,
  operand: Operand,
  constant: ConstantTensor,
): { readonly value: Value; readonly numbers: readonly number[] } {
  const { value, shape } = operand
  const values = operation.readsIntegers ? Float32Array.from(numbersOf(operation, constant)) : operation.reals(constant)
  const missing = shape.length - constant.shape.length
  const [axis, ...others] = constant.shape.flatMap((extent, i) => (extent === 1 ? [] : [i + missing]))
  const isScalar = axis === undefined
  const channels = isScalar ? (value.shape.at(-1) as number) : (shape[axis] as number)
  if ((missing < 0 && !isScalar) || others.length > 0 || (!isScalar && values.length !== channels)) {
    const found = `${constant.label} of ${constant.shape.join('x')}`
    throw operation.unsupported(`a constant of one value, or of one for each of ${shape.at(-1)} channels`, found)
  }
  operation.spend(channels)
  if (isScalar) return { value, numbers: channelConstants([], values, value.shape) ?? [] }
  const last = withAxisLast(operation, operand, axis)
  return { value: last.value, numbers: Array.from(heldNumbers(values, operand, axis, last.inner)) }
}

/** Puts the shape back that a value had before `withAxisLast`. */
export function restored(operation: Operation, operand: Operand, op: Op, value: Value, bounds?: Node['bounds']): Node {
  const held = { shape: operand.shape, axes: operand.axes }
  const rest = bounds && { bounds }
  if (value === operand.value) return { kind: 'node', op, operands: [value], held, ...rest }
  const back = operand.value.shape.slice(1)
  const result = operation.insert(op, [value])
  return { kind: 'node', op: { kind: 'reshape', target: back }, operands: [result], held, ...rest }
}

/** Numbers along an axis of a tensor, in the order in which its value holds that axis. */
function heldNumbers(
  values: Float32Array,
  { value, axes }: Operand,
  axis: number,
  inner: readonly number[],
): Float32Array {
  const group = axes[axis] as readonly number[]
  const extents = group.map(each => value.shape[each] as number)
  const order = inner.map(each => group.indexOf(each))
  return permute(values, extents, order)
}
