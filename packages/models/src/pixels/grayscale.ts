import { bytesOf, checkImage, type PixelSource } from './image.ts'

/**
 * Grey levels for networks of one input channel: ITU-R 601-2 luma in the 16-bit fixed point of Pillow's
 * `convert('L')`. To resize first, which is cheaper, hand in the resized bytes as an image; `normalize(levels, ...,
 * 1)` comes after.
 * @returns one byte a pixel, row by row
 * @throws ShapeError for an image that is not one
 */
export function toGrayscale(source: PixelSource): Uint8Array {
  const image = checkImage(source)
  const bytes = bytesOf(image)
  const levels = new Uint8Array(image.width * image.height)
  for (let i = 0, at = 0; i < levels.length; i++, at += image.channels) {
    levels[i] = (bytes[at]! * 19595 + bytes[at + 1]! * 38470 + bytes[at + 2]! * 7471 + 0x8000) >> 16
  }
  return levels
}
