import { toBytes } from '@depthwise/core/backend'
import { fromImageData, type PixelImage } from '@depthwise/models'

/** What of an image is kept besides its colours. */
export interface DecodeOptions {
  /** Keep transparency, where there is any: RGBA instead of RGB on white, for networks that look for strokes. Default false. */
  readonly alpha?: boolean
}

/** An image as its reader wants it: with its transparency, or blended onto white. */
export function blended(image: PixelImage, { alpha = false }: DecodeOptions): PixelImage {
  return alpha ? image : onWhite(image)
}

/**
 * RGB out of RGB or RGBA: pixels blended onto white, as viewers show them. Networks take no alpha, and the colour stored under a
 * transparent pixel is whatever the encoder left there, often black. RGB images are returned as they are.
 * @throws ShapeError for RGBA pixels whose data does not have their extents
 */
function onWhite(image: PixelImage): PixelImage {
  if (image.channels !== 4) return image
  // Checked before anything is allocated by what the image claims of itself.
  const { width, height } = fromImageData(image)
  const data = toBytes(image.data, 'image data')
  const rgb = new Uint8Array(width * height * 3)
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    const alpha = data[from + 3]!
    const white = 255 * (255 - alpha)
    for (let c = 0; c < 3; c++) rgb[to + c] = Math.round((data[from + c]! * alpha + white) / 255)
  }
  return { width, height, channels: 3, data: rgb }
}
