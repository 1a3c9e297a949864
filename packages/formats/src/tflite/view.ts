import type { Shape, Value } from '@depthwise/core'
import { elementCount, sameShape } from '@depthwise/core/backend'

// How a value of the graph holds a tensor of the file. Values keep their batch in front and their channels last; tensors of
// the file may have other shapes: channels first, or the places of a map as rows. Reshaping and transposing a tensor then
// moves nothing: only the view changes, until an operator needs the elements in one particular order.

/**
 * For each axis of a tensor, the axes of its value that make it up, outermost first. Axes of extent 1 appear nowhere, so
 * that `[h * w, c]` of a value `[1, h, w, c]` is `[[1, 2], [3]]`.
 */
export type Axes = readonly (readonly number[])[]

/** A tensor of the file as a value holds it. */
export interface View {
  readonly value: Value
  /** As the file has it. */
  readonly shape: Shape
  readonly axes: Axes
}

/** The axes of a tensor that its value holds as it is. */
export function plainAxes(shape: Shape): Axes {
  return shape.map((extent, axis) => (extent === 1 ? [] : [axis]))
}

/** A value as a tensor of the same shape. */
export function plainView(value: Value): View {
  return { value, shape: value.shape, axes: plainAxes(value.shape) }
}

/** Whether the elements of a tensor follow one another as those of its value do. */
export function isInOrder({ axes }: View): boolean {
  return isAscending(axes.flat())
}

export function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, i) => i === 0 || (numbers[i - 1] as number) < number)
}

/** The same shape with axes of extent 1 in front. */
export function withRank<V extends View>(view: V, rank: number): V {
  const missing = Math.max(0, rank - view.shape.length)
  const front = Array.from({ length: missing }, () => [])
  return { ...view, shape: [...front.map(() => 1), ...view.shape], axes: [...front, ...view.axes] }
}

/**
 * The shape of a value that holds each axis of the tensor as one of its own, in an order (axis `i` of the value is axis
 * `order[i]` of the tensor); null where the elements would have to move, or the batch would not stay in front.
 */
export function arrangement({ value, shape, axes }: View, order: readonly number[]): Shape | null {
  const extents = order.map(axis => shape[axis] as number)
  const held = order.flatMap(axis => axes[axis] as readonly number[])
  return extents[0] === value.shape[0] && isAscending(held) ? extents : null
}

/** The axes of a tensor of that shape once a value holds it in an order. */
export function arrangedAxes(shape: Shape, order: readonly number[]): Axes {
  return shape.map((extent, axis) => (extent === 1 ? [] : [order.indexOf(axis)]))
}

/** The order in which the value holds the axes of the tensor, those of one element after the batch. */
export function heldOrder({ value, axes }: View): readonly number[] {
  const all = axes.map((_, axis) => axis)
  const first = (axis: number): number => axes[axis]?.[0] ?? 0
  const long = all.filter(axis => axes[axis]?.length !== 0).sort((a, b) => first(a) - first(b))
  const single = all.filter(axis => axes[axis]?.length === 0)
  return value.shape[0] === 1 ? [...single, ...long] : [...long.slice(0, 1), ...single, ...long.slice(1)]
}

/** Whether two tensors have one shape, and their values hold the same element at the same place. */
export function holdsSame(a: View, b: View): boolean {
  return a.value.shape[0] === b.value.shape[0] && sameShape(a.shape, b.shape) && runs(a) === runs(b)
}

/** The stretches of a value that the axes of its tensor consist of, each as its place in memory and its length. */
function runs({ value, axes }: View): string {
  const long = value.shape.flatMap((extent, axis) => (extent === 1 ? [] : [axis]))
  const stretches = axes.map(group => {
    const found: number[][] = []
    for (const axis of group) {
      const last = found.at(-1)
      const follows = last && long.indexOf(axis) === long.indexOf(last.at(-1) as number) + 1
      if (follows) last.push(axis)
      else found.push([axis])
    }
    return found
  })
  const size = (stretch: readonly number[]): number => elementCount(stretch.map(axis => value.shape[axis] as number))
  const starts = stretches
    .flat()
    .map(stretch => stretch[0] as number)
    .sort((a, b) => a - b)
  const named = stretches.map(group => group.map(stretch => `${starts.indexOf(stretch[0] as number)}:${size(stretch)}`))
  return named.map(group => group.join(' ')).join(', ')
}
