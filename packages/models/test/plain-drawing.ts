// The search for a drawing written for clarity: each step that is made fast on its own, over RGB images. `isolateDrawing` must give the same bytes.

import type { Size2 } from '@depthwise/core/backend'
import { surroundings } from '../src/drawing/box.ts'
import { opaque } from '../src/drawing/transparency.ts'
import type { PixelImage } from '../src/index.ts'
import type { Rectangle } from '../src/pixels/crop.ts'
import { toGrayscale } from '../src/pixels/grayscale.ts'
import { resize, resizeView } from '../src/pixels/resize.ts'

/** One byte a pixel, row by row. */
interface Levels {
  readonly height: number
  readonly width: number
  readonly data: Uint8Array
}

/** Longer side of the image that a drawing is looked for in: it bounds the work, and averages noise away. */
const workingSide = 160

/** Half the side of what is around a pixel: more than strokes are wide, less than shadows are. */
function reachOf({ height, width }: Levels): number {
  return Math.max(2, Math.round(Math.max(height, width) * 0.15))
}

/** Grey levels of a part of an image, its longer side at most `workingSide`. */
function shrunk(image: PixelImage, source: Rectangle): Levels {
  const scale = Math.min(1, workingSide / Math.max(source.width, source.height))
  const height = Math.max(1, Math.round(source.height * scale))
  const width = Math.max(1, Math.round(source.width * scale))
  const scaled = { top: 0, left: 0, height, width }
  const resampling = { filter: 'bilinear', antialias: true } as const
  const data = resizeView(image, { source, scaled: [height, width], window: scaled }, resampling) as Uint8Array
  return { height, width, data: toGrayscale({ height, width, channels: 3, data }) }
}

/** Black for white. */
function negative({ height, width, data }: Levels): Levels {
  return { height, width, data: data.map(level => 255 - level) }
}

/** The value that a share of the others lie below. */
function quantile(data: Uint8Array, share: number): number {
  return nth(data, Math.floor(data.length * share))
}

/** The value that a share of the others lie above. */
function quantileFromTop(data: Uint8Array, share: number): number {
  return nth(data, data.length - 1 - Math.floor(data.length * share))
}

function nth(data: Uint8Array, rank: number): number {
  const counts = new Uint32Array(256)
  for (const value of data) counts[value]! += 1
  let value = 0
  for (let below = counts[0]!; below <= rank; below += counts[value]!) value += 1
  return value
}

/**
 * How far each pixel lies below the ground around it. The ground is a morphological closing of the image: what is dark and
 * thinner than the filter is filled up, while ramps, vignettes and shadows stay, and so cancel out.
 */
function valleys(levels: Levels): Levels {
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

/** Ink stands out from its ground by at least so many levels; what does not is grain. */
const faintest = 12

/** 0 for ground up to 255 for ink, evened out: faint strokes come out as strong as bold ones. */
function inkOf(levels: Levels, dark: boolean): Levels {
  const depths = valleys(dark ? levels : negative(levels))
  // Ground is most of an image; strokes may be very little of it.
  const base = quantile(depths.data, 0.25)
  const contrast = quantileFromTop(depths.data, 0.0005) - base
  if (contrast < faintest) return { ...depths, data: new Uint8Array(depths.data.length) }
  const min = base + 0.2 * contrast
  const max = base + 0.7 * contrast
  const even = (depth: number): number =>
    Math.max(0, Math.min(255, Math.floor(((depth - min) * 255) / (max - min) + 0.5)))
  return { ...depths, data: depths.data.map(even) }
}

/** What the border's word counts beside that of the skew. */
const borderWeight = 0.5

/**
 * Whether strokes are darker than their ground. Two witnesses. There is less ink than ground, so levels around their local
 * means are skewed towards the ink, whatever the light; but hardly, where strokes are thick and fill the image. There the
 * border, mostly ground, is one of the lightest parts or one of the darkest.
 */
function isInkDark(levels: Levels): boolean {
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

/** Share of the ink that may lie outside of the box on each side. */
const strays = 0.004

/** Where the ink is; `null` where there is none. Dust does not count: pixels with fewer than two inked ones around them. */
function boxOf(ink: Levels): Rectangle | null {
  const { height, width, data } = ink
  const rows = new Uint32Array(height)
  const columns = new Uint32Array(width)
  let total = 0
  for (let at = 0; at < data.length; at++) {
    if (data[at]! < 128 || inkedAround(ink, at) < 3) continue
    rows[Math.floor(at / width)]! += 1
    columns[at % width]! += 1
    total += 1
  }
  if (total === 0) return null
  const drop = Math.floor(total * strays)
  const [top, bottom] = span(rows, drop)
  const [left, right] = span(columns, drop)
  return { top, left, height: bottom - top, width: right - left }
}

/** Of a pixel and its eight neighbours. */
function inkedAround({ height, width, data }: Levels, at: number): number {
  const y = Math.floor(at / width)
  const x = at % width
  let count = 0
  for (let row = Math.max(y - 1, 0); row <= Math.min(y + 1, height - 1); row++) {
    for (let column = Math.max(x - 1, 0); column <= Math.min(x + 1, width - 1); column++) {
      if (data[row * width + column]! >= 128) count += 1
    }
  }
  return count
}

/** Where more than `drop` of what is counted is reached, from either end; the end itself is not inside. */
function span(counts: Uint32Array, drop: number): readonly [start: number, end: number] {
  let start = 0
  for (let sum = counts[0]!; sum <= drop; sum += counts[start]!) start += 1
  let end = counts.length
  for (let sum = counts[end - 1]!; sum <= drop; sum += counts[end - 1]!) end -= 1
  return [start, end]
}

/** A drawing's tighter side is to the image's as 5 to 6: MNIST's own margins are near it (20 of 28 pixels). */
const margin = 1.2

/**
 * Finds the drawing on an image: dark strokes on a light ground or light ones on a dark ground, evenly lit or not, anywhere
 * and of any size. What comes back is what networks whose `crop` is `drawing` were trained on: strokes white on black, faint
 * ones as strong as bold ones, in the middle, proportions kept, up to five sixths of the image. Give it as `prepare` to
 * `createClassifier`.
 *
 * Strokes must be thinner than about 30 % of the image's longer side; lines of ruled paper, and what else is on the image,
 * count as drawn. Where an image has transparent parts, what is opaque is the drawing.
 * @param size `[height, width]` of the result
 * @returns grey RGB; black all over where nothing stands out
 * @throws ShapeError for an image that is not one, OptionError for a bad size
 */
export function plainIsolateDrawing(image: PixelImage, size: Size2): PixelImage {
  const sheet = opaque(image)
  const whole: Rectangle = { top: 0, left: 0, height: sheet.height, width: sheet.width }
  const levels = shrunk(sheet, whole)
  const dark = isInkDark(levels)
  let ink = inkOf(levels, dark)
  let box = boxOf(ink)
  const isShrunk = ink.height !== sheet.height || ink.width !== sheet.width
  // A small drawing on a large image is looked at again, closer.
  if (box && isShrunk && Math.max(box.height, box.width) < workingSide / 2) {
    ink = inkOf(shrunk(sheet, surroundings(box, levels, [sheet.height, sheet.width])), dark)
    box = boxOf(ink)
  }
  const [height, width] = size
  if (!box) return { height, width, channels: 3, data: new Uint8Array(height * width * 3) }
  const placed = resize(canvasOf(ink, box, size), size, { filter: 'bilinear', antialias: true })
  return { height, width, channels: 3, data: strengthened(placed) }
}

/** The box in the middle of a canvas with the proportions of `size`. */
function canvasOf(ink: Levels, box: Rectangle, size: Size2): PixelImage {
  const unit = Math.max(box.height / size[0], box.width / size[1]) * margin
  const height = Math.max(1, Math.floor(unit * size[0] + 0.5))
  const width = Math.max(1, Math.floor(unit * size[1] + 0.5))
  const top = box.top + Math.floor((box.height - height) / 2)
  const left = box.left + Math.floor((box.width - width) / 2)
  const data = new Uint8Array(height * width * 3)
  for (let y = Math.max(0, -top); y < Math.min(height, ink.height - top); y++) {
    for (let x = Math.max(0, -left); x < Math.min(width, ink.width - left); x++) {
      data.fill(ink.data[(top + y) * ink.width + left + x]!, (y * width + x) * 3, (y * width + x + 1) * 3)
    }
  }
  return { height, width, channels: 3, data }
}

/** The strongest ink to 255: hairlines grow faint where they are made small. */
function strengthened(data: Uint8Array): Uint8Array {
  const strongest = data.reduce((max, value) => Math.max(max, value), 0)
  if (strongest === 0) return data
  const gain = 255 / strongest
  return data.map(value => Math.floor(value * gain + 0.5))
}
