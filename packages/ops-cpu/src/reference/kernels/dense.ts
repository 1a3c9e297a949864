import { channelsOf, type Kernel } from '../kernel.ts'
import { epilogue } from './epilogue.ts'

/** Weights `[in, units]`. */
export const dense: Kernel<'dense'> = (op, call) => {
  const { input, param } = call
  const x = input.data
  const weights = param(op.weights)
  const features = channelsOf(input)
  const sums = new Float64Array(op.units)
  const store = epilogue(op, call)
  for (let n = 0; n * features < x.length; n++) {
    for (let c = 0; c < features; c++) {
      const value = x[n * features + c]!
      const row = c * op.units
      for (let u = 0; u < op.units; u++) sums[u] = sums[u]! + value * weights[row + u]!
    }
    store(sums, n * op.units)
  }
}
