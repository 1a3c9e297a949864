import { channelsOf, type Kernel } from '../kernel.ts'
import { epilogue } from './epilogue.ts'
import { slide } from './window.ts'

/** Weights HWIO, where I counts the channels of one group: filters read only the channels of their own group. */
export const conv2d: Kernel<'conv2d'> = (op, call) => {
  const { input, output, param } = call
  const x = input.data
  const weights = param(op.weights)
  const channels = channelsOf(input)
  const depth = channels / op.groups
  const filtersPerGroup = op.filters / op.groups
  const sums = new Float64Array(op.filters)
  const store = epilogue(op, call)
  const accumulate = (tap: number, source: number): void => {
    for (let c = 0; c < channels; c++) {
      const value = x[source * channels + c]!
      const row = (tap * depth + (c % depth)) * op.filters
      const first = Math.floor(c / depth) * filtersPerGroup
      for (let f = first; f < first + filtersPerGroup; f++) sums[f] = sums[f]! + value * weights[row + f]!
    }
  }
  slide(op, input.shape, output.shape, accumulate, pixel => store(sums, pixel * op.filters))
}

/** Weights `[kh, kw, channels, multiplier]`: channel `c` feeds the outputs `c * multiplier` to `(c + 1) * multiplier - 1`. */
export const depthwiseConv2d: Kernel<'depthwiseConv2d'> = (op, call) => {
  const { input, output, param } = call
  const x = input.data
  const weights = param(op.weights)
  const channels = channelsOf(input)
  const { multiplier } = op
  const sums = new Float64Array(channels * multiplier)
  const store = epilogue(op, call)
  const accumulate = (tap: number, source: number): void => {
    let out = 0
    for (let c = 0; c < channels; c++) {
      const value = x[source * channels + c]!
      for (let m = 0; m < multiplier; m++, out++) sums[out] = sums[out]! + value * weights[tap * sums.length + out]!
    }
  }
  slide(op, input.shape, output.shape, accumulate, pixel => store(sums, pixel * sums.length))
}
