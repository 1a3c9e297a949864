/** How a head writes boxes, relative to anchors. */
export interface BoxCoding {
  /** Whether the first two numbers are y and x (TensorFlow's object detection), or x and y (MediaPipe). */
  readonly order: 'yx' | 'xy'
  /** What the numbers are divided by: those of centres, then those of extents, y before x. */
  readonly scales: readonly [y: number, x: number, height: number, width: number]
  /** `log`: extents are logarithms of factors of the anchor's. `linear`: factors. */
  readonly extents: 'log' | 'linear'
  /** Pairs of numbers behind the four, in the order and on the scale of centres. */
  readonly keypoints: number
}

/** TensorFlow's `faster_rcnn_box_coder`, with the scale factors that its SSD configurations state. */
export const ssdCoding: BoxCoding = { order: 'yx', scales: [10, 10, 5, 5], extents: 'log', keypoints: 0 }

/**
 * Boxes out of a head's numbers: `centre = t / scale * extent of anchor + centre of anchor`, and `extent = exp(t / scale) * extent of
 * anchor`, or without `exp` where they are linear. Only the rows that are asked for are decoded.
 * @param encodings `[anchors, 4 + 2 * keypoints]`
 * @param anchors `[anchors, 4]`: centre y, centre x, height, width
 * @param rows indices of anchors
 * @returns a row for each: x0, y0, x1, y1, then x and y of each keypoint, as shares of the input
 */
export function decodeBoxes(
  encodings: ArrayLike<number>,
  anchors: ArrayLike<number>,
  { order, scales, extents, keypoints }: BoxCoding,
  rows: ArrayLike<number>,
): Float64Array {
  const width = 4 + 2 * keypoints
  const decoded = new Float64Array(rows.length * width)
  const [first, second] = order === 'xy' ? [0, 1] : [1, 0]
  const factor = extents === 'log' ? Math.exp : (value: number): number => value
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    const from = row * width
    const to = i * width
    const [y, x, height, wide] = [0, 1, 2, 3].map(field => anchors[row * 4 + field]!) as [
      number,
      number,
      number,
      number,
    ]
    const centreX = (encodings[from + first]! / scales[1]) * wide + x
    const centreY = (encodings[from + second]! / scales[0]) * height + y
    const halfWidth = (factor(encodings[from + 2 + first]! / scales[3]) * wide) / 2
    const halfHeight = (factor(encodings[from + 2 + second]! / scales[2]) * height) / 2
    decoded[to] = centreX - halfWidth
    decoded[to + 1] = centreY - halfHeight
    decoded[to + 2] = centreX + halfWidth
    decoded[to + 3] = centreY + halfHeight
    for (let point = 4; point < width; point += 2) {
      decoded[to + point] = (encodings[from + point + first]! / scales[1]) * wide + x
      decoded[to + point + 1] = (encodings[from + point + second]! / scales[0]) * height + y
    }
  }
  return decoded
}
