import { bytesOf, type PixelImage } from '../pixels/image.ts'

/** One byte a pixel, row by row. */
export interface Levels {
  readonly height: number
  readonly width: number
  readonly data: Uint8Array
}

/** Half the side of what is around a pixel: more than strokes are wide, less than shadows are. */
export function reachOf({ height, width }: Levels): number {
  return Math.max(2, Math.round(Math.max(height, width) * 0.15))
}

/** Grey levels of an image without colours, as most drawings are; null for one with any. */
export function greyLevels(image: PixelImage): Levels | null {
  const { height, width, channels } = image
  const bytes = bytesOf(image)
  const data = new Uint8Array(height * width)
  for (let i = 0, at = 0; i < data.length; i++, at += channels) {
    const level = bytes[at]!
    if (level !== bytes[at + 1]! || level !== bytes[at + 2]!) return null
    data[i] = level
  }
  return { height, width, data }
}

/** Black for white. */
export function negative({ height, width, data }: Levels): Levels {
  const negated = new Uint8Array(data.length)
  for (let i = 0; i < data.length; i++) negated[i] = 255 - data[i]!
  return { height, width, data: negated }
}

/** How often each level occurs. */
export function histogramOf(data: Uint8Array): Uint32Array {
  const counts = new Uint32Array(256)
  for (let i = 0; i < data.length; i++) counts[data[i]!]! += 1
  return counts
}

/** The level below which a share of all `total` levels lies. */
export function quantile(counts: Uint32Array, total: number, share: number): number {
  return nth(counts, Math.floor(total * share))
}

/** The level above which a share of all `total` levels lies. */
export function quantileFromTop(counts: Uint32Array, total: number, share: number): number {
  return nth(counts, total - 1 - Math.floor(total * share))
}

function nth(counts: Uint32Array, rank: number): number {
  let value = 0
  for (let below = counts[0]!; below <= rank; below += counts[value]!) value += 1
  return value
}
