import { meanFactors, roundedAverage, sameBytes, storeMean } from '@depthwise/core/integers'
import { channelsOf } from '../kernel.ts'
import { slide } from '../kernels/window.ts'
import { type QuantizedKernel, typeOf } from './kernel.ts'

/**
 * Where operand and result have one type, the sum of the bytes over their count, rounded half away from zero. Where they have two,
 * which no runtime gives bytes for, the mean as `globalAveragePool` has it. Padding that counts is the zero point.
 */
export const averagePool: QuantizedKernel<'averagePool'> = (op, { input, output }) => {
  const [from, to] = [typeOf(input), typeOf(output)]
  const isPlain = sameBytes(from, to)
  const channels = channelsOf(input)
  const sums = new Float64Array(channels)
  let visited = 0
  const accumulate = (_tap: number, source: number): void => {
    for (let c = 0; c < channels; c++) sums[c] = sums[c]! + input.data[source * channels + c]!
    visited += 1
  }
  slide(op, input.shape, output.shape, accumulate, pixel => {
    const count = op.countPadding ? op.kernel[0] * op.kernel[1] : visited
    const padding = (count - visited) * from.zeroPoint
    const factors = meanFactors(from, to, count)
    for (let c = 0; c < channels; c++) {
      const sum = sums[c]! + padding
      output.data[pixel * channels + c] = isPlain ? roundedAverage(sum, count) : storeMean(sum, factors, to)
    }
    sums.fill(0)
    visited = 0
  })
}

/** The largest byte: operand and result have one type. */
export const maxPool: QuantizedKernel<'maxPool'> = (op, { input, output }) => {
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

export const globalAveragePool: QuantizedKernel<'globalAveragePool'> = (_op, { input, output }) => {
  const [images, height, width, channels] = input.shape as readonly [number, number, number, number]
  const pixels = height * width
  const to = typeOf(output)
  const factors = meanFactors(typeOf(input), to, pixels)
  for (let n = 0; n < images; n++) {
    for (let c = 0; c < channels; c++) {
      let sum = 0
      for (let pixel = n * pixels; pixel < (n + 1) * pixels; pixel++) sum += input.data[pixel * channels + c]!
      output.data[n * channels + c] = storeMean(sum, factors, to)
    }
  }
}
