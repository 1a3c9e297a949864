import type { Shape } from '@depthwise/core'
import type { Axes } from './view.ts'

/** A tensor of another shape over the same elements: the axes of its value, some of them split, and its own. */
export interface Partition {
  readonly held: Shape
  readonly axes: Axes
}

/**
 * Divides the axes of a value, taken in the order of its tensor, among the axes of a new shape of as many elements. An axis of
 * the value is split where the new shape divides it, except the batch.
 * @param held the shape of the value
 * @param sequence its axes of more than one element in the order of the tensor
 * @returns null where an extent of the new shape is made of no whole factors
 */
export function partition(held: Shape, sequence: readonly number[], shape: Shape): Partition | null {
  const parts: number[][] = held.map(() => [])
  let next = 0
  let axis = 0
  let rest = 1
  const groups: (readonly [axis: number, part: number])[][] = []
  for (const extent of shape) {
    const group: (readonly [number, number])[] = []
    for (let wanted = extent; wanted > 1; ) {
      if (rest === 1) {
        if (next === sequence.length) return null
        axis = sequence[next] as number
        rest = held[axis] as number
        next += 1
      }
      if (rest % wanted !== 0 && wanted % rest !== 0) return null
      const part = Math.min(rest, wanted)
      const of = parts[axis] as number[]
      group.push([axis, of.length])
      of.push(part)
      wanted /= part
      rest /= part
    }
    groups.push(group)
  }
  if (rest !== 1 || next !== sequence.length || (parts[0] as number[]).length > 1) return null
  const split = parts.map(of => (of.length === 0 ? [1] : of))
  const starts = split.map((_, i) => split.slice(0, i).reduce((sum, of) => sum + of.length, 0))
  const axes = groups.map(group => group.map(([of, part]) => (starts[of] as number) + part))
  return { held: split.flat(), axes }
}
