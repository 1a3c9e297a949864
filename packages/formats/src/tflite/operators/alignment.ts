import type { Value } from '@depthwise/core'
import { sameShape } from '@depthwise/core/backend'
import { type Axes, arrangedAxes, arrangement, heldOrder, holdsSame, isAscending, withRank } from '../view.ts'
import type { Held, Operand, Operation } from './operation.ts'

/** The order of channels-first tensors that are held channels last. */
const channelsLast: readonly number[] = [0, 2, 3, 1]

const inFileOrder = (rank: number): readonly number[] => Array.from({ length: rank }, (_, axis) => axis)

/** An operand whose value holds axis `order[i]` of its tensor as axis `i`. */
export interface Arranged extends Operand {
  readonly order: readonly number[]
}

/**
 * An operand whose value holds each of its axes, in an order.
 * @throws UnsupportedOpError where elements would have to move, or the batch would not stay in front
 */
export function arranged(operation: Operation, operand: Operand, order: readonly number[]): Arranged {
  const { value, shape } = operand
  const held = arrangement(operand, order)
  if (!held) throw misplaced(operation, operand, order)
  return { ...operand, value: reshaped(operation, value, held), axes: arrangedAxes(shape, order), order }
}

/** An operand whose value has its shape. */
export function plain(operation: Operation, operand: Operand): Arranged {
  return arranged(operation, operand, inFileOrder(operand.shape.length))
}

/** A computed operand of rank 4 as an NHWC image. */
export function image(operation: Operation, position: number): Operand {
  const operand = operation.operand(position)
  const { shape } = operand
  if (shape.length !== 4) throw operation.malformed(`an NHWC operand ${position} (rank 4)`, `[${shape}]`)
  return plain(operation, operand)
}

/** An operand whose value holds each of its axes, in whichever order needs least. */
export function ordered(operation: Operation, operand: Operand): Arranged {
  return arranged(operation, operand, commonOrder([operand]) ?? inFileOrder(operand.shape.length))
}

/**
 * Operands of one rank (axes of extent 1 are added in front), all held in one way: in the same order, or, where no order of
 * their axes will do, by the same axes of their values.
 */
export function aligned(operation: Operation, operands: readonly Operand[]): readonly (Operand | Arranged)[] {
  const rank = operands.reduce((max, { shape }) => Math.max(max, shape.length), 0)
  const all = operands.map(operand => withRank(operand, rank))
  const order = commonOrder(all)
  if (order) return all.map(operand => arranged(operation, operand, order))
  return withSharedAxes(operation, all)
}

/** How the result of an elementwise operator of aligned operands is held, extents of 1 stretched. */
export function stretched(operands: readonly Operand[]): Held {
  const rank = operands[0]?.shape.length ?? 0
  const longest = (axis: number): number => operands.reduce((max, { shape }) => Math.max(max, shape[axis] ?? 1), 1)
  const extents = Array.from({ length: rank }, (_, axis) => longest(axis))
  return { shape: extents, axes: joint(operands) }
}

/** A value in another shape of the same elements. */
export function reshaped(operation: Operation, value: Value, shape: readonly number[]): Value {
  return sameShape(value.shape, shape) ? value : operation.insert({ kind: 'reshape', target: shape.slice(1) }, [value])
}

/** A value whose last axis is one axis of a tensor. */
export interface AxisLast {
  readonly value: Value
  /** The axes of the operand's value that were merged into it, in the order in which they are held. */
  readonly inner: readonly number[]
}

/**
 * The value of an operand with one axis of its tensor as the last.
 * @throws UnsupportedOpError where elements would have to move
 */
export function withAxisLast(operation: Operation, operand: Operand, axis: number): AxisLast {
  const { value, shape } = operand
  const inner = innerAxes(operand, axis)
  if (!isHeldLast(operand, axis)) {
    const found = `[${shape}], held as [${value.shape}]`
    throw operation.unsupported(`axis ${axis} to be held last, as channels are`, found)
  }
  const last = value.shape.at(-1) as number
  const isLast = value.shape.length > 1 && last === shape[axis]
  const outer = value.shape.slice(0, inner[0] ?? value.shape.length)
  return { value: isLast ? value : reshaped(operation, value, [...outer, shape[axis] as number]), inner }
}

/** The axes of a value that make up one axis of its tensor, as they are held. */
const innerAxes = ({ axes }: Operand, axis: number): readonly number[] =>
  [...(axes[axis] as readonly number[])].sort((a, b) => a - b)

/** Whether an axis of a tensor is the last of its value, or the last few. */
export function isHeldLast(operand: Operand, axis: number): boolean {
  const inner = innerAxes(operand, axis)
  const long = operand.value.shape.flatMap((extent, each) => (extent === 1 ? [] : [each]))
  return !inner.includes(0) && long.slice(long.length - inner.length).every((each, i) => each === inner[i])
}

/** An order in which all can be held; where there is a choice, one that needs no reshape, then the usual ones. */
function commonOrder(operands: readonly Operand[]): readonly number[] | null {
  const rank = operands[0]?.shape.length ?? 0
  const choices = [inFileOrder(rank), ...(rank === 4 ? [channelsLast] : []), ...operands.slice(0, 2).map(heldOrder)]
  const shapes = (order: readonly number[]) => operands.map(operand => arrangement(operand, order))
  const isHeld = (order: readonly number[]): boolean =>
    shapes(order).every((shape, i) => shape && sameShape(shape, operands[i]?.value.shape ?? []))
  return choices.find(isHeld) ?? choices.find(order => shapes(order).every(shape => shape !== null)) ?? null
}

/** Operands whose axes are made up of the same axes of their values, those of one element aside. */
function withSharedAxes(operation: Operation, operands: readonly Operand[]): readonly Operand[] {
  const [first] = operands as readonly [Operand, ...Operand[]]
  const { shape } = first.value
  const held = operands.map(operand =>
    holdsSame(operand, first)
      ? { ...operand, value: reshaped(operation, operand.value, shape), axes: first.axes }
      : operand,
  )
  const axes = joint(held)
  const shares = ({ value, axes: own }: Operand): boolean =>
    value.shape.length === shape.length && own.every((group, i) => group.length === 0 || `${group}` === `${axes[i]}`)
  if (held.every(shares) && new Set(axes.flat()).size === axes.flat().length) return held
  const found = operands.slice(0, 4).map(({ shape, value }) => `[${shape}] held as [${value.shape}]`)
  throw operation.unsupported('operands held in one order', found.join(', '))
}

/** Axis by axis, those of the operands that have more than one element there. */
function joint(operands: readonly Operand[]): Axes {
  const [first] = operands
  return (first?.axes ?? []).map((group, i) => operands.find(({ axes }) => axes[i]?.length)?.axes[i] ?? group)
}

function misplaced(operation: Operation, { value, shape, axes }: Operand, order: readonly number[]) {
  const [batch] = value.shape
  const ascends = isAscending(order.flatMap(axis => axes[axis] as readonly number[]))
  if (ascends) {
    const found = `[${shape}] of a value of [${value.shape}]`
    return operation.unsupported(`a shape that keeps the batch of ${batch} in front`, found)
  }
  const found = `[${shape}], held as [${value.shape}]`
  return operation.unsupported('elements in the order in which they are held', found)
}
