import type { Size2 } from '@depthwise/core/backend'
import type { Rectangle } from '../pixels/crop.ts'
import type { Levels } from './levels.ts'

/** Share of the ink that may lie outside of the box on each side. */
const strays = 0.004

/** The box of the ink; `null` where there is none. Dust does not count: pixels with fewer than two inked ones around them. */
export function boxOf(ink: Levels): Rectangle | null {
  const { height, width, data } = ink
  const rows = new Uint32Array(height)
  const columns = new Uint32Array(width)
  let total = 0
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (data[at]! < 128 || inkedAround(ink, y, x) < 3) continue
      rows[y]! += 1
      columns[x]! += 1
      total += 1
    }
  }
  if (total === 0) return null
  const drop = Math.floor(total * strays)
  const [top, bottom] = span(rows, drop)
  const [left, right] = span(columns, drop)
  return { top, left, height: bottom - top, width: right - left }
}

/** Of a pixel and its eight neighbours. */
function inkedAround({ height, width, data }: Levels, y: number, x: number): number {
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

/** A box of a shrunk image and half its longer side around it, in pixels of the whole image. */
export function surroundings(box: Rectangle, { height, width }: Levels, [wholeHeight, wholeWidth]: Size2): Rectangle {
  const around = Math.max(box.height, box.width) / 2
  const down = wholeHeight / height
  const across = wholeWidth / width
  const top = Math.max(0, Math.floor((box.top - around) * down))
  const left = Math.max(0, Math.floor((box.left - around) * across))
  const bottom = Math.min(wholeHeight, Math.ceil((box.top + box.height + around) * down))
  const right = Math.min(wholeWidth, Math.ceil((box.left + box.width + around) * across))
  return { top, left, height: bottom - top, width: right - left }
}
