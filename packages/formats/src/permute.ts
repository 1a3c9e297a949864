import type { Shape } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'

/** Numbers whose order can be changed: reals, integers as they are stored, indices. */
export type Arrangeable = Float32Array | Int8Array | Uint8Array | Int32Array | Uint32Array

/** An array of the same kind and length, of zeros. */
export function emptyLike<A extends Arrangeable>(values: A): A {
  return new (values.constructor as new (length: number) => A)(values.length)
}

/**
 * Row-major data with its axes in another order: axis `i` of the result is axis `order[i]` of what was given.
 */
export function permute<A extends Arrangeable>(data: A, shape: Shape, order: readonly number[]): A {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1))
  // Axes of one element are left out: a 1x1 kernel would otherwise be copied in runs of one.
  const axes = order.filter(axis => shape[axis] !== 1)
  const extents = axes.map(axis => shape[axis] as number)
  const steps = axes.map(axis => strides[axis] as number)
  const moved = emptyLike(data)
  let at = 0
  const copy = (axis: number, from: number): void => {
    const extent = extents[axis] ?? 1
    const step = steps[axis] ?? 0
    if (axis < axes.length - 1) for (let i = 0; i < extent; i += 1) copy(axis + 1, from + i * step)
    else for (let i = 0; i < extent; i += 1, at += 1) moved[at] = data[from + i * step]!
  }
  copy(0, 0)
  return moved
}

/** Where each element of the result of `permute` comes from, for data of any other type. */
export function permutedIndices(shape: Shape, order: readonly number[]): Uint32Array {
  const indices = new Uint32Array(elementCount(shape))
  for (let i = 0; i < indices.length; i += 1) indices[i] = i
  return permute(indices, shape, order)
}
