import { type Levels, quantile, quantileFromTop, reachOf } from './levels.ts'

/** What the border's word counts beside that of the skew. */
const borderWeight = 0.5

/**
 * Whether strokes are darker than their ground. Two witnesses. There is less ink than ground, so levels around their local
 * means are skewed towards the ink, whatever the light; but hardly, where strokes are thick and fill the picture. There the
 * border, mostly ground, is one of the lightest parts or one of the darkest.
 */
export function isInkDark(levels: Levels): boolean {
  const { data } = levels
  const low = quantile(data, 0.01)
  const high = quantileFromTop(data, 0.01)
  const border = quantile(borderOf(levels), 0.5)
  const side = high > low ? (2 * border - low - high) / (high - low) : 0
  return borderWeight * side - skewOf(levels) >= 0
}

/** Skewness of the levels less their means over a square around each. */
function skewOf(levels: Levels): number {
  const { height, width, data } = levels
  const radius = reachOf(levels)
  const sums = integralOf(levels)
  let squares = 0
  let cubes = 0
  for (let y = 0; y < height; y++) {
    const top = Math.max(y - radius, 0)
    const bottom = Math.min(y + radius + 1, height)
    for (let x = 0; x < width; x++) {
      const left = Math.max(x - radius, 0)
      const right = Math.min(x + radius + 1, width)
      const at = (row: number, column: number): number => sums[row * (width + 1) + column]!
      const total = at(bottom, right) - at(top, right) - at(bottom, left) + at(top, left)
      const apart = data[y * width + x]! - total / ((bottom - top) * (right - left))
      squares += apart ** 2
      cubes += apart ** 3
    }
  }
  return squares > 0 ? cubes / data.length / (squares / data.length) ** 1.5 : 0
}

/** Sums of everything above and left of each corner of a pixel. */
function integralOf({ height, width, data }: Levels): Uint32Array {
  const sums = new Uint32Array((height + 1) * (width + 1))
  for (let y = 0; y < height; y++) {
    let row = 0
    for (let x = 0; x < width; x++) {
      row += data[y * width + x]!
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1]! + row
    }
  }
  return sums
}

/** The levels within a twentieth of the shorter side from the edge. */
function borderOf({ height, width, data }: Levels): Uint8Array {
  const ring = Math.max(1, Math.floor(Math.min(height, width) / 20))
  return data.filter((_, at) => {
    const y = Math.floor(at / width)
    const x = at % width
    return y < ring || y >= height - ring || x < ring || x >= width - ring
  })
}
