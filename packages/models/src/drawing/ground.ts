import { type Levels, reachOf } from './levels.ts'

/**
 * How far each pixel lies below the ground around it. The ground is a morphological closing of the picture: what is dark and
 * thinner than the filter is filled up, while ramps, vignettes and shadows stay, and so cancel out.
 */
export function valleys(levels: Levels): Levels {
  const { height, width, data } = levels
  const radius = reachOf(levels)
  const tall = height + 2 * radius
  const wide = width + 2 * radius
  // The border is repeated outwards, so that a ramp goes on where the filter looks beyond it.
  let ground = new Uint8Array(tall * wide)
  for (let y = 0; y < tall; y++) {
    const row = Math.min(Math.max(y - radius, 0), height - 1) * width
    for (let x = 0; x < wide; x++) ground[y * wide + x] = data[row + Math.min(Math.max(x - radius, 0), width - 1)]!
  }
  ground = widened(widened(ground, tall, wide, radius), wide, tall, radius)
  invert(ground)
  ground = widened(widened(ground, tall, wide, radius), wide, tall, radius)
  invert(ground)
  const depths = new Uint8Array(data.length)
  for (let y = 0; y < height; y++) {
    const row = (y + radius) * wide + radius
    for (let x = 0; x < width; x++) depths[y * width + x] = ground[row + x]! - data[y * width + x]!
  }
  return { height, width, data: depths }
}

/**
 * The largest value of each row's window of `2 * radius + 1`, rows and columns exchanged, so that a second call does the
 * columns. Van Herk's way: largest values from both ends of blocks as long as the window; any window is the end of one block
 * and the start of the next, so its length costs nothing.
 */
function widened(data: Uint8Array, rows: number, columns: number, radius: number): Uint8Array<ArrayBuffer> {
  const window = 2 * radius + 1
  const length = Math.ceil((columns + 2 * radius) / window) * window
  // Zeros around the row never are the largest.
  const row = new Uint8Array(length)
  const fromStart = new Uint8Array(length)
  const fromEnd = new Uint8Array(length)
  const result = new Uint8Array(data.length)
  for (let y = 0; y < rows; y++) {
    row.set(data.subarray(y * columns, (y + 1) * columns), radius)
    for (let block = 0; block < length; block += window) {
      let largest = 0
      for (let i = block; i < block + window; i++) fromStart[i] = largest = Math.max(largest, row[i]!)
      largest = 0
      for (let i = block + window - 1; i >= block; i--) fromEnd[i] = largest = Math.max(largest, row[i]!)
    }
    for (let x = 0; x < columns; x++) result[x * rows + y] = Math.max(fromEnd[x]!, fromStart[x + window - 1]!)
  }
  return result
}

function invert(data: Uint8Array): void {
  for (let i = 0; i < data.length; i++) data[i] = 255 - data[i]!
}
