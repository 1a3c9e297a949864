import type { Shape } from '@depthwise/core'

/** Axes of NCHW as they stand in NHWC: an axis of the image is where its number is found here. */
export const planarFromOurs: readonly number[] = [0, 3, 1, 2]
/** Axes of NHWC as they stand in NCHW. */
export const oursFromPlanar: readonly number[] = [0, 2, 3, 1]

/** A list by axis, in another order: item `i` of the result is item `order[i]` of what was given. */
export function reorder<T>(items: readonly T[], order: readonly number[]): readonly T[] {
  return order.map(axis => items[axis] as T)
}

/** Whether NHWC and NCHW of an image hold its elements in the same order. */
export function isSameEitherWay([, height, width, channels]: Shape): boolean {
  return channels === 1 || (height === 1 && width === 1)
}
