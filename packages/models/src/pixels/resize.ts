import { OptionError, type Resampling, ShapeError } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import { integers, reals } from './arithmetic.ts'
import { type Rectangle, type View, viewOf } from './crop.ts'
import { checkImage, checkSize, type PixelSource } from './image.ts'
import { resample } from './resample.ts'

/**
 * RGB triples, row by row, 0..255: bytes where the resize antialiased (Pillow's arithmetic), else reals
 * (TensorFlow's).
 */
export type RgbPixels = Uint8Array | Float32Array

/**
 * The whole image at another size. With `antialias`, bytes equal to those of Pillow's `Image.resize`; without,
 * unrounded reals as of TensorFlow's `resize_bilinear` and `resize_bicubic` with half-pixel centres.
 * @param size `[height, width]` of the result
 * @returns `height * width` RGB triples, 0..255
 * @throws ShapeError for an image that is not one
 * @throws OptionError for a bad size or resampling
 */
export function resize(source: PixelSource, size: Size2, resampling: Resampling & { antialias: true }): Uint8Array
export function resize(source: PixelSource, size: Size2, resampling: Resampling & { antialias: false }): Float32Array
export function resize(source: PixelSource, size: Size2, resampling: Resampling): RgbPixels
export function resize(source: PixelSource, size: Size2, resampling: Resampling): RgbPixels {
  const image = checkImage(source)
  checkSize(size)
  return resizeView(image, viewOf('squeeze', [image.height, image.width], size), resampling)
}

/**
 * A part of the image, at another size or a part of that: crop and resize in one, for the price of the pixels asked
 * for. Equals cropping `view.source`, resizing it to `view.scaled` and cropping `view.window`, value for value.
 * @returns `window.height * window.width` RGB triples, 0..255, as `resize` gives them
 * @throws ShapeError for an image that is not one, or a view that does not lie on it
 * @throws OptionError for a bad resampling
 */
export function resizeView(source: PixelSource, view: View, resampling: Resampling): RgbPixels {
  const image = checkImage(source)
  checkInside('view source', view.source, [image.height, image.width])
  checkInside('view window', view.window, view.scaled)
  checkSize([view.window.height, view.window.width])
  if (typeof resampling?.antialias !== 'boolean') {
    throw new OptionError({ where: 'antialias', expected: 'true or false', found: `${resampling?.antialias}` })
  }
  return resampling.antialias ? resample(image, view, resampling, integers) : resample(image, view, resampling, reals)
}

function checkInside(where: string, rectangle: Rectangle, [height, width]: Size2): void {
  const spans = [
    [rectangle.top, rectangle.height, height],
    [rectangle.left, rectangle.width, width],
  ] as const
  const inside = spans.every(
    ([start, extent, whole]) =>
      [start, extent, whole].every(Number.isSafeInteger) && start >= 0 && extent > 0 && start + extent <= whole,
  )
  if (!inside) {
    const { top, left, height: tall, width: wide } = rectangle
    throw new ShapeError({
      where,
      expected: `a rectangle of whole pixels inside ${height}x${width}`,
      found: `${tall}x${wide} at row ${top}, column ${left}`,
    })
  }
}
