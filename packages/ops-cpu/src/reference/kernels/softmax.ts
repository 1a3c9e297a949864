import { channelsOf, type Kernel } from '../kernel.ts'

/** `exp(x - max) / sum`: subtracting the largest leaves the quotient as it is and keeps every exponential within 1. */
export const softmax: Kernel<'softmax'> = (_op, { input, output }) => {
  const classes = channelsOf(input)
  const exponentials = new Float64Array(classes)
  for (let row = 0; row < input.data.length; row += classes) {
    let largest = -Infinity
    for (let c = 0; c < classes; c++) largest = Math.max(largest, input.data[row + c]!)
    let sum = 0
    for (let c = 0; c < classes; c++) {
      exponentials[c] = Math.exp(input.data[row + c]! - largest)
      sum += exponentials[c]!
    }
    for (let c = 0; c < classes; c++) output.data[row + c] = exponentials[c]! / sum
  }
}
