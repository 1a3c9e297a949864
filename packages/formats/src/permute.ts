import type { Shape } from '@depthwise/core'

/**
 * Row-major data with its axes in another order: axis `i` of the result is axis `order[i]` of what was given.
 */
export function permute(data: Float32Array, shape: Shape, order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1))
  // Axes of one element are left out: a 1x1 kernel would otherwise be copied in runs of one.
  const axes = order.filter(axis => shape[axis] !== 1)
  const extents = axes.map(axis => shape[axis] as number)
  const steps = axes.map(axis => strides[axis] as number)
  const moved = new Float32Array(data.length)
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
