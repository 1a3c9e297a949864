import { ShapeError } from '../errors.ts'

/** `[height, width]`. */
export type Size2 = readonly [height: number, width: number]

/** Rows and columns added around an image, resolved to four numbers when the graph is built; nothing later guesses. */
export interface Padding {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/** What builders accept for padding: TensorFlow's two words, one number for all sides, or the four resolved numbers. */
export type PaddingLike = 'same' | 'valid' | number | Padding

/** Extent a kernel covers once dilated: `(k - 1) * d + 1`. */
export function dilatedExtent(kernel: number, dilation: number): number {
  return (kernel - 1) * dilation + 1
}

/** Positions a window takes along one axis: `floor((in + pad - covered) / stride) + 1`; below 1 the window does not fit. */
export function slidingExtent(input: number, covered: number, stride: number, padding: number): number {
  return Math.floor((input + padding - covered) / stride) + 1
}

/**
 * TensorFlow's SAME along one axis: output `ceil(in / stride)`, the odd row or column of padding after, not before.
 * At stride 2 an even extent is therefore padded (0, 1) and an odd one (1, 1).
 */
export function samePadding(input: number, covered: number, stride: number): readonly [before: number, after: number] {
  const total = Math.max((Math.ceil(input / stride) - 1) * stride + covered - input, 0)
  const before = Math.floor(total / 2)
  return [before, total - before]
}

/** Turns what a builder was given into four numbers, for an image of `[height, width]`. */
export function resolvePadding(
  padding: PaddingLike,
  image: Size2,
  kernel: Size2,
  strides: Size2,
  dilations: Size2 = [1, 1],
): Padding {
  if (padding === 'valid') return { top: 0, bottom: 0, left: 0, right: 0 }
  if (typeof padding === 'number') return { top: padding, bottom: padding, left: padding, right: padding }
  if (padding !== 'same') return padding
  const [top, bottom] = samePadding(image[0], dilatedExtent(kernel[0], dilations[0]), strides[0])
  const [left, right] = samePadding(image[1], dilatedExtent(kernel[1], dilations[1]), strides[1])
  return { top, bottom, left, right }
}

interface Window {
  readonly kernel: Size2
  readonly strides: Size2
  readonly padding: Padding
  readonly dilations?: Size2
}

/**
 * Height and width a window leaves of an image.
 * @throws ShapeError when the kernel is larger than the padded image
 */
export function windowedSize(image: Size2, window: Window, where: string): Size2 {
  const { kernel, strides, padding, dilations = [1, 1] } = window
  const height = slidingExtent(
    image[0],
    dilatedExtent(kernel[0], dilations[0]),
    strides[0],
    padding.top + padding.bottom,
  )
  const width = slidingExtent(
    image[1],
    dilatedExtent(kernel[1], dilations[1]),
    strides[1],
    padding.left + padding.right,
  )
  if (height < 1 || width < 1) {
    throw new ShapeError({
      where,
      expected: `a padded image at least as large as the ${kernel.join('x')} kernel (dilation ${dilations.join('x')})`,
      found: `${image[0] + padding.top + padding.bottom}x${image[1] + padding.left + padding.right}`,
    })
  }
  return [height, width]
}
