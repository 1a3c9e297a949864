import type { OpOf } from '@depthwise/core'
import { type Constant, folded } from '../constant.ts'
import type { Computed, Operand } from '../operand.ts'
import { type Operation, unbounded } from '../operation.ts'
import { withLast } from '../order.ts'

type Arithmetic = 'Add' | 'Sub' | 'Mul' | 'Div'

const compute: { readonly [A in Arithmetic]: (a: number, b: number) => number } = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
}

/** `x * scale + offset` for a value `x` and a constant `c` on its right; on its left where that is something else. */
const withConstant: { readonly [A in Arithmetic]: (c: number, isLeft: boolean) => readonly [number, number] | null } = {
  Add: c => [1, c],
  Sub: (c, isLeft) => (isLeft ? [-1, c] : [1, -c]),
  Mul: c => [c, 0],
  Div: (c, isLeft) => (isLeft ? null : [1 / c, 0]),
}

export const add = (operation: Operation): Operand => arithmetic(operation, 'Add')
export const sub = (operation: Operation): Operand => arithmetic(operation, 'Sub')
export const mul = (operation: Operation): Operand => arithmetic(operation, 'Mul')
export const div = (operation: Operation): Operand => arithmetic(operation, 'Div')

function arithmetic(operation: Operation, kind: Arithmetic): Operand {
  const [a, b] = [operation.operand(0), operation.operand(1)]
  if (a.kind === 'constant' && b.kind === 'constant') return ofConstants(operation, kind, a, b)
  if (a.kind === 'constant') return affine(operation, kind, operation.ordered(1), a, true)
  if (b.kind === 'constant') return affine(operation, kind, operation.ordered(0), b, false)
  if (kind !== 'Add' && kind !== 'Mul') throw operation.unsupported('a constant operand', 'two that the graph computes')
  return ofValues(operation, kind === 'Add' ? 'add' : 'mul')
}

/** A scalar or one number a channel is what `normalize` multiplies by or adds. */
function affine(
  operation: Operation,
  kind: Arithmetic,
  operand: Computed,
  constant: Constant,
  isLeft: boolean,
): Computed {
  const axis = channelAxis(operation, operand, constant)
  const held = operation.inOrder(operand, withLast(operand.order, axis))
  const channels = held.value.shape.at(-1) as number
  operation.spend(channels)
  const numbers = constant.numbers()
  const rows = Array.from({ length: channels }, (_, c) => {
    const row = withConstant[kind](numbers.length === 1 ? numbers[0]! : numbers[c]!, isLeft)
    return row ?? fail(operation)
  })
  const [scale, offset] = [rows.map(row => row[0]), rows.map(row => row[1])]
  const op: OpOf<'normalize'> = { kind: 'normalize', scale, offset }
  return operation.mapped(op, held)
}

function fail(operation: Operation): never {
  throw operation.unsupported('a division by a constant', 'one of a constant')
}

/** The axis of a value that a constant's numbers run along; for a single number any will do. */
function channelAxis(operation: Operation, { shape, order }: Computed, { shape: given, label }: Constant): number {
  const missing = shape.length - given.length
  const long = given.flatMap((extent, axis) => (extent === 1 ? [] : [axis + missing]))
  const [axis = null] = long
  const fits = missing >= 0 && long.length <= 1 && (axis === null || shape[axis] === given[axis - missing])
  if (!fits)
    throw operation.unsupported(`a constant of one number, or along one axis of [${shape}]`, `${label} of [${given}]`)
  return axis ?? (order.at(-1) as number)
}

function ofValues(operation: Operation, kind: 'add' | 'mul'): Computed {
  const [a, b] = [operation.ordered(0), operation.ordered(1)]
  if (a.shape.length !== b.shape.length) {
    throw operation.unsupported('operands of one rank', `[${a.shape}] and [${b.shape}]`)
  }
  const [left, right] = operation.inOneOrder([a, b]) as [Computed, Computed]
  const value = operation.emit({ kind }, [left.value, right.value])
  const shape = a.shape.map((extent, axis) => Math.max(extent, b.shape[axis] as number))
  return { ...left, value, shape, bounds: unbounded }
}

/** Of numbers about shapes: lists of one length, or a list and a number. */
function ofConstants(operation: Operation, kind: Arithmetic, a: Constant, b: Constant): Constant {
  const [left, right] = [a.numbers(), b.numbers()]
  const length = left.length === 1 ? right.length : left.length
  if (Math.max(a.shape.length, b.shape.length) > 1 || (right.length !== 1 && right.length !== length)) {
    throw operation.unsupported('constant lists of one length', `[${a.shape}] and [${b.shape}]`)
  }
  const whole = a.type === 'INT64' || a.type === 'INT32'
  const values = Array.from({ length }, (_, i) => {
    const value = compute[kind](left.length === 1 ? left[0]! : left[i]!, right.length === 1 ? right[0]! : right[i]!)
    return whole ? Math.trunc(value) : value
  })
  operation.spend(length)
  return folded(operation.label, a.type, a.shape.length + b.shape.length === 0 ? [] : [length], values)
}
