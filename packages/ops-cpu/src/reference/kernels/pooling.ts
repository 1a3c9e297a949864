import { channelsOf, type Kernel } from '../kernel.ts'
import { slide } from './window.ts'

export const averagePool: Kernel<'averagePool'> = (op, { input, output }) => {
  const channels = channelsOf(input)
  const sums = new Float64Array(channels)
  let visited = 0
  const accumulate = (_tap: number, source: number): void => {
    for (let c = 0; c < channels; c++) sums[c] = sums[c]! + input.data[source * channels + c]!
    visited += 1
  }
  slide(op, input.shape, output.shape, accumulate, pixel => {
    const divisor = op.countPadding ? op.kernel[0] * op.kernel[1] : visited
    for (let c = 0; c < channels; c++) output.data[pixel * channels + c] = sums[c]! / divisor
    sums.fill(0)
    visited = 0
  })
}

/** NaN wins over every number. */
export const maxPool: Kernel<'maxPool'> = (op, { input, output }) => {
  const channels = channelsOf(input)
  const largest = new Float64Array(channels).fill(-Infinity)
  const accumulate = (_tap: number, source: number): void => {
    for (let c = 0; c < channels; c++) largest[c] = Math.max(largest[c]!, input.data[source * channels + c]!)
  }
  slide(op, input.shape, output.shape, accumulate, pixel => {
    output.data.set(largest, pixel * channels)
    largest.fill(-Infinity)
  })
}

export const globalAveragePool: Kernel<'globalAveragePool'> = (_op, { input, output }) => {
  const [images, height, width, channels] = input.shape as readonly [number, number, number, number]
  const pixels = height * width
  for (let n = 0; n < images; n++) {
    const sums = new Float64Array(channels)
    for (let pixel = n * pixels; pixel < (n + 1) * pixels; pixel++) {
      for (let c = 0; c < channels; c++) sums[c] = sums[c]! + input.data[pixel * channels + c]!
    }
    for (let c = 0; c < channels; c++) output.data[n * channels + c] = sums[c]! / pixels
  }
}
