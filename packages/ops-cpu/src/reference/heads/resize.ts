import type { Tensor } from '@depthwise/core'
import type { OpOf } from '@depthwise/core/backend'
import { bilinearTaps, nearestIndices, tapWeights } from '@depthwise/core/heads'
import type { Kernel } from '../kernel.ts'

/** The sum of four pixels, each by the product of its two weights. */
export const resize: Kernel<'resize'> = (op, { input, output }) => {
  if (op.filter === 'nearest') return copyNearest(op, input, output)
  const [, height, width, channels] = input.shape as readonly [number, number, number, number]
  const [rows, columns] = [bilinearTaps(op, 0, height), bilinearTaps(op, 1, width)]
  const pixelOf = (row: number, column: number): number => (row * width + column) * channels
  forEachPixel(op, output, (image, y, x, to) => {
    const [row, column] = [rows[y]!, columns[x]!]
    const [[top, bottom], [left, right]] = [tapWeights(row), tapWeights(column)]
    const [upper, lower] = [image * height + row.lower, image * height + row.upper]
    const [a, b] = [pixelOf(upper, column.lower), pixelOf(upper, column.upper)]
    const [c, d] = [pixelOf(lower, column.lower), pixelOf(lower, column.upper)]
    for (let channel = 0; channel < channels; channel++) {
      const above = input.data[a + channel]! * left + input.data[b + channel]! * right
      const below = input.data[c + channel]! * left + input.data[d + channel]! * right
      output.data[to + channel] = above * top + below * bottom
    }
  })
}

/** Pixels of any element type, each copied whole. */
export function copyNearest(op: OpOf<'resize'>, input: Tensor, output: Tensor): void {
  const [, height, width, channels] = input.shape as readonly [number, number, number, number]
  const [rows, columns] = [nearestIndices(op, 0, height), nearestIndices(op, 1, width)]
  forEachPixel(op, output, (image, y, x, to) => {
    const from = ((image * height + rows[y]!) * width + columns[x]!) * channels
    output.data.set(input.data.subarray(from, from + channels), to)
  })
}

/** Calls `visit` for every pixel of a result, `to` being the index of its first element. */
export function forEachPixel(
  { size: [height, width] }: OpOf<'resize'>,
  { shape }: Tensor,
  visit: (image: number, y: number, x: number, to: number) => void,
): void {
  const [images, , , channels] = shape as readonly [number, number, number, number]
  for (let image = 0; image < images; image++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) visit(image, y, x, ((image * height + y) * width + x) * channels)
    }
  }
}
