import type { Shape } from '@depthwise/core'
import type { Padding, Size2 } from '@depthwise/core/backend'

/** A window that slides over height and width, with the dilation of convolutions. */
export interface Window {
  readonly kernel: Size2
  readonly strides: Size2
  readonly padding: Padding
  readonly dilations?: Size2
}

/**
 * Slides a window over NHWC images. For every output pixel, in order: `tap(index, source)` for each of the window's
 * positions that falls on the image (`index` counts row by row through the kernel, `source` is a pixel of the operand),
 * then `done(pixel)`. Padded positions are never visited. Pixels are counted through the batch, channels aside.
 */
export function slide(
  window: Window,
  from: Shape,
  to: Shape,
  tap: (index: number, source: number) => void,
  done: (pixel: number) => void,
): void {
  const { kernel, strides, padding, dilations = [1, 1] } = window
  const [images, rows, columns] = to as readonly [number, number, number]
  const [, height, width] = from as readonly [number, number, number]
  let pixel = 0
  for (let n = 0; n < images; n++) {
    for (let y = 0; y < rows; y++) {
      const top = y * strides[0] - padding.top
      const firstRow = firstTap(top, dilations[0])
      const endRow = endTap(top, dilations[0], kernel[0], height)
      for (let x = 0; x < columns; x++) {
        const left = x * strides[1] - padding.left
        const firstColumn = firstTap(left, dilations[1])
        const endColumn = endTap(left, dilations[1], kernel[1], width)
        for (let ky = firstRow; ky < endRow; ky++) {
          const row = (n * height + top + ky * dilations[0]) * width + left
          for (let kx = firstColumn; kx < endColumn; kx++) tap(ky * kernel[1] + kx, row + kx * dilations[1])
        }
        done(pixel++)
      }
    }
  }
}

/** The first tap of a window starting at `origin` that does not lie before the image. */
function firstTap(origin: number, dilation: number): number {
  return Math.max(0, Math.ceil(-origin / dilation))
}

/** One past the last tap of a window starting at `origin` that does not lie behind the image's `extent`. */
function endTap(origin: number, dilation: number, kernel: number, extent: number): number {
  return Math.min(kernel, Math.floor((extent - 1 - origin) / dilation) + 1)
}
