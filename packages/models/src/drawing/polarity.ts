import { histogramOf, type Levels, quantile, quantileFromTop, reachOf } from './levels.ts'

/** Weight of the border against the skew. */
const borderWeight = 0.5

/**
 * Whether strokes are darker than their ground, by two signs. There is less ink than ground, so levels around their local means are
 * skewed towards the ink, whatever the light; but hardly, where strokes are thick and fill the image. There the border, mostly
 * ground, is one of the lightest parts or one of the darkest.
 */
export function isInkDark(levels: Levels): boolean {
  const { data } = levels
  const counts = histogramOf(data)
  const low = quantile(counts, data.length, 0.01)
  const high = quantileFromTop(counts, data.length, 0.01)
  const side = high > low ? (2 * medianOfBorder(levels) - low - high) / (high - low) : 0
  return borderWeight * side - skewOf(levels) >= 0
}

/** Skewness of the levels less their means over a square around each. */
function skewOf(levels: Levels): number {
  const { height, width, data } = levels
  const radius = reachOf(levels)
  const sums = integralOf(levels)
  const stride = width + 1
  let squares = 0
  let cubes = 0
  for (let y = 0; y < height; y++) {
    const top = Math.max(y - radius, 0)
    const bottom = Math.min(y + radius + 1, height)
    const above = top * stride
    const below = bottom * stride
    for (let x = 0; x < width; x++) {
      const left = Math.max(x - radius, 0)
      const right = Math.min(x + radius + 1, width)
      const total = sums[below + right]! - sums[above + right]! - sums[below + left]! + sums[above + left]!
      const apart = data[y * width + x]! - total / ((bottom - top) * (right - left))
      const square = apart * apart
      squares += square
      cubes += square * apart
    }
  }
  return squares > 0 ? cubes / data.length / (squares / data.length) ** 1.5 : 0
}

/** Sums of everything above and left of each corner of a pixel. */
function integralOf({ height, width, data }: Levels): Int32Array {
  const stride = width + 1
  const sums = new Int32Array((height + 1) * stride)
  for (let y = 0; y < height; y++) {
    let row = 0
    const at = (y + 1) * stride + 1
    for (let x = 0; x < width; x++) {
      row += data[y * width + x]!
      sums[at + x] = sums[at + x - stride]! + row
    }
  }
  return sums
}

/** The median of the levels within a twentieth of the shorter side from the edge. */
function medianOfBorder({ height, width, data }: Levels): number {
  const ring = Math.max(1, Math.floor(Math.min(height, width) / 20))
  const counts = new Uint32Array(256)
  let total = 0
  for (let y = 0; y < height; y++) {
    const isEdge = y < ring || y >= height - ring
    for (let x = 0; x < width; x++) {
      // Rows in the middle have a border at either end only.
      if (!isEdge && x === ring && width - ring > ring) x = width - ring
      counts[data[y * width + x]!]! += 1
      total += 1
    }
  }
  return quantile(counts, total, 0.5)
}
