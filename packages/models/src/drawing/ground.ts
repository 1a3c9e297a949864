import { type Levels, reachOf } from './levels.ts'

/**
 * How far each pixel lies below the ground around it. The ground is a morphological closing of the image: what is dark and thinner
 * than the filter is filled up, while ramps, vignettes and shadows stay, and so cancel out. Outwards, the border is repeated.
 */
export function valleys(levels: Levels): Levels {
  const { height, width, data } = levels
  const radius = reachOf(levels)
  const tall = height + 2 * radius
  const wide = width + 2 * radius
  const across = new WindowMaximum(width, radius)
  const down = new WindowMaximum(height, radius)
  const upwards = new WindowMaximum(tall - 2 * radius, radius)
  const sideways = new WindowMaximum(wide - 2 * radius, radius)
  // Largest of each row's windows, rows and columns exchanged, also for `radius` pixels beyond either end.
  const widened = new Uint8Array(wide * height)
  for (let y = 0; y < height; y++) across.grow(data, y * width, widened, y, height)
  // The same of the columns, and back: of what has grown, the smallest of each window, which is the largest of its negative.
  const column = new Uint8Array(tall)
  const narrowed = new Uint8Array(height * wide)
  for (let x = 0; x < wide; x++) {
    down.grow(widened, x * height, column, 0, 1)
    for (let y = 0; y < tall; y++) column[y] = 255 - column[y]!
    upwards.shrink(column, 0, narrowed, x, wide)
  }
  const depths = new Uint8Array(data.length)
  for (let y = 0; y < height; y++) {
    const row = y * width
    sideways.shrink(narrowed, y * wide, depths, row, 1)
    for (let i = row; i < row + width; i++) depths[i] = 255 - depths[i]! - data[i]!
  }
  return { height, width, data: depths }
}

/**
 * The largest values of all windows of `2 * radius + 1` in a line. Van Herk's way: largest values from both ends of blocks as long as
 * the window; any window is the end of one block and the start of the next, so its length costs nothing.
 */
class WindowMaximum {
  readonly #extent: number
  readonly #radius: number
  readonly #line: Uint8Array
  readonly #fromStart: Uint8Array
  readonly #fromEnd: Uint8Array

  /** @param extent of the lines that grow, and of what shrinks to it */
  constructor(extent: number, radius: number) {
    const window = 2 * radius + 1
    const length = Math.ceil((extent + 4 * radius) / window) * window
    this.#extent = extent
    this.#radius = radius
    this.#line = new Uint8Array(length)
    this.#fromStart = new Uint8Array(length)
    this.#fromEnd = new Uint8Array(length)
  }

  /** Of a line of `extent`: the maxima around its pixels and around `radius` more at either end; outside there is nothing. */
  grow(from: Uint8Array, base: number, to: Uint8Array, at: number, step: number): void {
    const line = this.#line
    const offset = 2 * this.#radius
    for (let i = 0; i < this.#extent; i++) line[offset + i] = from[base + i]!
    this.#maxima(this.#extent + 4 * this.#radius, to, at, step, this.#extent + offset)
  }

  /** Of a line of `extent + 2 * radius`: the maxima of the windows that are wholly on it. */
  shrink(from: Uint8Array, base: number, to: Uint8Array, at: number, step: number): void {
    const line = this.#line
    const length = this.#extent + 2 * this.#radius
    for (let i = 0; i < length; i++) line[i] = from[base + i]!
    this.#maxima(length, to, at, step, this.#extent)
  }

  #maxima(length: number, to: Uint8Array, at: number, step: number, count: number): void {
    const line = this.#line
    const fromStart = this.#fromStart
    const fromEnd = this.#fromEnd
    const window = 2 * this.#radius + 1
    for (let block = 0; block < length; block += window) {
      let largest = 0
      for (let i = block; i < block + window; i++) {
        const value = line[i]!
        if (value > largest) largest = value
        fromStart[i] = largest
      }
      largest = 0
      for (let i = block + window - 1; i >= block; i--) {
        const value = line[i]!
        if (value > largest) largest = value
        fromEnd[i] = largest
      }
    }
    for (let i = 0, target = at; i < count; i++, target += step) {
      const end = fromEnd[i]!
      const start = fromStart[i + window - 1]!
      to[target] = Math.max(end, start)
    }
  }
}
