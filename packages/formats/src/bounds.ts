import type { Bounds } from '@depthwise/core'
import { type ClampOp, clampTo, relu, relu6 } from '@depthwise/core/backend'

export const unbounded: Bounds = { min: -Infinity, max: Infinity }

export function isUnbounded({ min, max }: Bounds): boolean {
  return min === -Infinity && max === Infinity
}

/** The smallest interval around all of them, of which there is at least one. */
export function hull(intervals: readonly Bounds[]): Bounds {
  return intervals.reduce((a, b) => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) }))
}

/** Whether `outer` holds all of `inner`, or lacks no more than `slack` of it at either end. */
export function contains(outer: Bounds, inner: Bounds, slack: number): boolean {
  return outer.min <= inner.min + slack && outer.max >= inner.max - slack
}

/** The op that clamps to an interval, by its own name where it has one. */
export function clampOp({ min, max }: Bounds): ClampOp {
  if (min === 0 && max === Infinity) return relu
  return min === 0 && max === 6 ? relu6 : clampTo({ min, max })
}
