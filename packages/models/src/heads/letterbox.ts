import type { Resampling } from '@depthwise/core'
import { roundHalfEven, type Size2 } from '@depthwise/core/backend'
import { checkImage, checkSize, type PixelImage, type PixelSource } from '../pixels/image.ts'
import { resize } from '../pixels/resize.ts'

const bilinear = { filter: 'bilinear', antialias: true } as const

/** Where a letterboxed image lies on its canvas, in pixels of the canvas. */
export interface Letterbox {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

/**
 * Where an image lies once it is scaled to fit a canvas, proportions kept: each extent is rounded (half to even), the margins above and on the left
 * are half of what is left over, rounded down.
 * @param image `[height, width]`
 * @param target `[height, width]`
 */
export function letterboxOf(image: Size2, target: Size2): Letterbox {
  const scale = Math.min(target[0] / image[0], target[1] / image[1])
  const [height, width] = image.map((extent, axis) =>
    Math.min(target[axis] as number, Math.max(1, roundHalfEven(extent * scale))),
  ) as [number, number]
  return { height, width, top: Math.floor((target[0] - height) / 2), left: Math.floor((target[1] - width) / 2) }
}

/**
 * The whole image, scaled to fit and centred on black: the crop `letterbox`, which keeps proportions and loses nothing. Pass it as
 * `prepare` to `createClassifier` for networks that were trained so; detectors and keypoints do so by themselves.
 * @param size `[height, width]` of the result
 * @param resampling without antialias values are reals, which are rounded to bytes here. Default bilinear with antialias, as Pillow's
 * @throws ShapeError for pixels that do not have their extents, OptionError for a bad size or resampling
 */
export function letterbox(source: PixelSource, size: Size2, resampling: Resampling = bilinear): PixelImage {
  const image = checkImage(source)
  checkSize(size)
  const box = letterboxOf([image.height, image.width], size)
  // Clamped, since bicubic filters overshoot.
  const pixels = Uint8ClampedArray.from(resize(image, [box.height, box.width], resampling))
  const [height, width] = size
  const data = new Uint8Array(height * width * 3)
  for (let y = 0; y < box.height; y++) {
    const row = pixels.subarray(y * box.width * 3, (y + 1) * box.width * 3)
    data.set(row, ((box.top + y) * width + box.left) * 3)
  }
  return { height, width, channels: 3, data }
}
