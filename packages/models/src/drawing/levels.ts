import type { Size2 } from '@depthwise/core'
import type { Rectangle } from '../pixels/crop.ts'
import { toGrayscale } from '../pixels/grayscale.ts'
import { bytesOf, type PixelImage } from '../pixels/image.ts'
import { resizeView } from '../pixels/resize.ts'
import { resizeLevels } from './resize-levels.ts'

/** One byte a pixel, row by row. */
export interface Levels {
  readonly height: number
  readonly width: number
  readonly data: Uint8Array
}

/** Longer side of the image in which a drawing is searched: it bounds the work, and averages noise away. */
export const workingSide = 160

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

/** The size of a part of an image when its longer side is reduced to `workingSide`. */
export function shrunkSize(source: Rectangle): Size2 {
  const scale = Math.min(1, workingSide / Math.max(source.width, source.height))
  return [Math.max(1, Math.round(source.height * scale)), Math.max(1, Math.round(source.width * scale))]
}

/**
 * Grey levels of a part of an image, its longer side at most `workingSide`.
 * @param grey what `greyLevels` makes of the image; one channel is resized faster than three, to the same levels
 */
export function shrunk(image: PixelImage, grey: Levels | null, source: Rectangle): Levels {
  const size = shrunkSize(source)
  if (grey) {
    const isWhole = size[0] === grey.height && size[1] === grey.width
    return isWhole ? grey : resizeLevels(grey, source, size)
  }
  const [height, width] = size
  const data = shrunkColours(image, source)
  return { height, width, data: toGrayscale({ height, width, channels: 3, data }) }
}

/** RGB of a part of an image, its longer side at most `workingSide`. */
export function shrunkColours(image: PixelImage, source: Rectangle): Uint8Array {
  const scaled = shrunkSize(source)
  const window = { top: 0, left: 0, height: scaled[0], width: scaled[1] }
  return resizeView(image, { source, scaled, window }, { filter: 'bilinear', antialias: true }) as Uint8Array
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
