import type { Shape } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'

/** How numbers are stored on the device; sums are float32 either way. */
export type StoredDType = 'float32' | 'float16'

/**
 * How a value lies in the arena: rows of its last axis (NHWC's channels), each padded to whole vectors of four. Lanes behind
 * the last channel hold zeros: every kernel may read them, and every kernel writes them so.
 */
export interface Layout {
  readonly shape: Shape
  /** Product of all axes but the last. */
  readonly rows: number
  readonly channels: number
  /** Vectors a row: `ceil(channels / 4)`. */
  readonly groups: number
  readonly dtype: StoredDType
}

export function layoutOf(shape: Shape, dtype: StoredDType = 'float32'): Layout {
  const channels = shape.at(-1) ?? 1
  return { shape, rows: elementCount(shape.slice(0, -1)), channels, groups: Math.ceil(channels / 4), dtype }
}

export const bytesOf: { readonly [S in StoredDType]: number } = { float32: 4, float16: 2 }

/** Bytes a value takes in the arena. */
export function byteSize({ rows, groups, dtype }: Layout): number {
  return rows * groups * 4 * bytesOf[dtype]
}

/** Whether both layouts put element `i` of the row-major value in the same place: reshaping is then a matter of words. */
export function sameOrder(a: Layout, b: Layout): boolean {
  return a.channels === b.channels || (a.channels % 4 === 0 && b.channels % 4 === 0)
}

/** Row-major data into rows of whole vectors; `map` turns each element, given its channel, into what is stored. */
export function spread(
  { rows, channels, groups }: Layout,
  data: ArrayLike<number>,
  target: Float32Array<ArrayBuffer>,
): void {
  if (channels === groups * 4) {
    target.set(data)
    return
  }
  for (let row = 0, from = 0, to = 0; row < rows; row++, to += groups * 4) {
    for (let c = 0; c < channels; c++) target[to + c] = data[from++]!
  }
}

/** The inverse of `spread`: a new row-major array without the lanes behind the last channel. */
export function gather({ rows, channels, groups }: Layout, stored: Float32Array): Float32Array {
  if (channels === groups * 4 || rows === 1) return stored.slice(0, rows * channels)
  const data = new Float32Array(rows * channels)
  for (let row = 0; row < rows; row++) {
    data.set(stored.subarray(row * groups * 4, row * groups * 4 + channels), row * channels)
  }
  return data
}
