import type { Shape } from '@depthwise/core'

// Where the axes of an ONNX value stand in the value of our graph that holds it: axis `i` of ours is axis `order[i]` of
// ONNX. Transpositions only change the order, and nothing moves.

export type Order = readonly number[]

export function identity(rank: number): Order {
  return Array.from({ length: rank }, (_, axis) => axis)
}

export function isSameOrder(a: Order, b: Order): boolean {
  return a.length === b.length && a.every((axis, i) => axis === b[i])
}

/** Whether two orders hold the elements of a shape in the same way: axes of one element may stand anywhere. */
export function holdsAlike(shape: Shape, a: Order, b: Order): boolean {
  const long = (axis: number): boolean => shape[axis] !== 1
  return isSameOrder(a.filter(long), b.filter(long))
}

/** The order of the result of a Transpose, whose axis `i` is axis `permutation[i]` of its operand. */
export function transposed(order: Order, permutation: readonly number[]): Order {
  return order.map(axis => permutation.indexOf(axis))
}

/** The same order with one axis moved to the end, where our graph has its channels. */
export function withLast(order: Order, axis: number): Order {
  return [...order.filter(each => each !== axis), axis]
}
