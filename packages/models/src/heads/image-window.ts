import type { Crop } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import { viewOf } from '../pixels/crop.ts'
import { letterboxOf } from './letterbox.ts'

/** The part of an image that is the network's input, in pixels of the image; it may reach beyond the image's borders. */
export interface ImageWindow {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/**
 * Where the network's input lies on an image, by its crop. A share `(u, v)` of the input is the place
 * `(left + u * width, top + v * height)` of the image.
 * @param image `[height, width]`
 * @param target `[height, width]` of the input
 * @throws OptionError for an unknown crop, or one that depends on pixels
 */
export function windowOf(crop: Crop, image: Size2, target: Size2): ImageWindow {
  if (crop === 'letterbox') {
    const { top, left, height, width } = letterboxOf(image, target)
    const [down, across] = [image[0] / height, image[1] / width]
    return { left: -left * across, top: -top * down, width: target[1] * across, height: target[0] * down }
  }
  const { source, scaled, window } = viewOf(crop, image, target)
  const [down, across] = [source.height / scaled[0], source.width / scaled[1]]
  return {
    left: source.left + window.left * across,
    top: source.top + window.top * down,
    width: window.width * across,
    height: window.height * down,
  }
}
