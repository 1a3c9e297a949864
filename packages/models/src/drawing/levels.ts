import type { Rectangle } from '../pixels/crop.ts'
import { toGrayscale } from '../pixels/grayscale.ts'
import type { PixelImage } from '../pixels/image.ts'
import { resizeView } from '../pixels/resize.ts'

/** One byte a pixel, row by row. */
export interface Levels {
  readonly height: number
  readonly width: number
  readonly data: Uint8Array
}

/** Longer side of the picture that a drawing is looked for in: it bounds the work, and averages noise away. */
export const workingSide = 160

/** Half the side of what is around a pixel: more than strokes are wide, less than shadows are. */
export function reachOf({ height, width }: Levels): number {
  return Math.max(2, Math.round(Math.max(height, width) * 0.15))
}

/** Grey levels of a part of a picture, its longer side at most `workingSide`. */
export function shrunk(image: PixelImage, source: Rectangle): Levels {
  const scale = Math.min(1, workingSide / Math.max(source.width, source.height))
  const height = Math.max(1, Math.round(source.height * scale))
  const width = Math.max(1, Math.round(source.width * scale))
  const scaled = { top: 0, left: 0, height, width }
  const resampling = { filter: 'bilinear', antialias: true } as const
  const data = resizeView(image, { source, scaled: [height, width], window: scaled }, resampling) as Uint8Array
  return { height, width, data: toGrayscale({ height, width, channels: 3, data }) }
}

/** Black for white. */
export function negative({ height, width, data }: Levels): Levels {
  return { height, width, data: data.map(level => 255 - level) }
}

/** The value that a share of the others lie below. */
export function quantile(data: Uint8Array, share: number): number {
  return nth(data, Math.floor(data.length * share))
}

/** The value that a share of the others lie above. */
export function quantileFromTop(data: Uint8Array, share: number): number {
  return nth(data, data.length - 1 - Math.floor(data.length * share))
}

function nth(data: Uint8Array, rank: number): number {
  const counts = new Uint32Array(256)
  for (const value of data) counts[value]! += 1
  let value = 0
  for (let below = counts[0]!; below <= rank; below += counts[value]!) value += 1
  return value
}
