import type { Shape, TypedArray } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'

/** How reals are stored on the device; sums are float32 either way. */
export type StoredDType = 'float32' | 'float16'

/**
 * How a value lies in the arena: rows of its last axis (NHWC's channels), each padded to whole vectors of four. Of reals, lanes
 * behind the last channel hold zeros: every kernel may read them, and every kernel writes them so.
 */
export interface Layout {
  readonly shape: Shape
  /** Product of all axes but the last. */
  readonly rows: number
  readonly channels: number
  /** Vectors a row: `ceil(channels / 4)`. */
  readonly groups: number
  /** `bytes`: quantized, a vector in a word of 32 bits. */
  readonly dtype: StoredDType | 'bytes'
}

export function layoutOf(shape: Shape, dtype: Layout['dtype'] = 'float32'): Layout {
  const channels = shape.at(-1) ?? 1
  return { shape, rows: elementCount(shape.slice(0, -1)), channels, groups: Math.ceil(channels / 4), dtype }
}

export const bytesOf: { readonly [S in Layout['dtype']]: number } = { float32: 4, float16: 2, bytes: 1 }

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
  target: Float32Array | Uint8Array,
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
export function gather<A extends TypedArray>({ rows, channels, groups }: Layout, stored: A): A {
  const data = stored.slice(0, rows * channels) as A
  if (channels === groups * 4) return data
  for (let row = 0; row < rows; row++) {
    data.set(stored.subarray(row * groups * 4, row * groups * 4 + channels), row * channels)
  }
  return data
}
