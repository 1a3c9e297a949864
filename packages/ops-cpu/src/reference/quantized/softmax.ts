import { softmaxFactor, softmaxTable, storeProbability } from '@depthwise/core/integers'
import { channelsOf } from '../kernel.ts'
import { type QuantizedKernel, typeOf } from './kernel.ts'

/** Over the last axis; the sum of a row is rounded to float32 behind each of its terms, first to last. */
export const softmax: QuantizedKernel<'softmax'> = (_op, { input, output }) => {
  const classes = channelsOf(input)
  const to = typeOf(output)
  const table = softmaxTable(typeOf(input))
  for (let row = 0; row < input.data.length; row += classes) {
    let largest = -Infinity
    for (let c = 0; c < classes; c++) largest = Math.max(largest, input.data[row + c]!)
    const exponential = (c: number): number => table[largest - input.data[row + c]!]!
    let sum = 0
    for (let c = 0; c < classes; c++) sum = Math.fround(sum + exponential(c))
    const factor = softmaxFactor(sum, to)
    for (let c = 0; c < classes; c++) {
      output.data[row + c] = storeProbability(Math.fround(exponential(c) * factor), to)
    }
  }
}
