import type { Size2 } from '@depthwise/core/backend'
import type { Rectangle } from '../pixels/crop.ts'
import { toGrayscale } from '../pixels/grayscale.ts'
import type { PixelImage } from '../pixels/image.ts'
import { resizeView } from '../pixels/resize.ts'
import type { Levels } from './levels.ts'
import { resizeLevels } from './resize-levels.ts'

/** Longer side of the image in which a drawing is searched: it bounds the work, and averages noise away. */
export const workingSide = 160

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
