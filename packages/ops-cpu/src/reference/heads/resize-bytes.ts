import { bilinearTaps, type Tap } from '@depthwise/core/heads'
import { resizedByte, resizeWeight } from '@depthwise/core/integers'
import type { QuantizedKernel } from '../quantized/kernel.ts'
import { copyNearest, forEachPixel } from './resize.ts'

/** Bytes weighed as they are stored: operand and result have one type. */
export const resize: QuantizedKernel<'resize'> = (op, { input, output }) => {
  if (op.filter === 'nearest') return copyNearest(op, input, output)
  const [, height, width, channels] = input.shape as readonly [number, number, number, number]
  const weigh = (tap: Tap) => ({ ...tap, weight: resizeWeight(tap.fraction) })
  const [rows, columns] = [bilinearTaps(op, 0, height).map(weigh), bilinearTaps(op, 1, width).map(weigh)]
  forEachPixel(op, output, (image, y, x, to) => {
    const [row, column] = [rows[y]!, columns[x]!]
    const byte = (line: number, place: number, channel: number): number =>
      input.data[((image * height + line) * width + place) * channels + channel]!
    for (let c = 0; c < channels; c++) {
      const corners = [
        byte(row.lower, column.lower, c),
        byte(row.lower, column.upper, c),
        byte(row.upper, column.lower, c),
        byte(row.upper, column.upper, c),
      ] as const
      output.data[to + c] = resizedByte(corners, column.weight, row.weight)
    }
  })
}
