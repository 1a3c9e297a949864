import { channelsOf, type Kernel } from '../kernel.ts'

/** The one kernel whose operand may hold integers: pixels become reals here. */
export const affine: Kernel<'affine'> = ({ scale, offset }, { input, output }) => {
  const channels = channelsOf(input)
  for (let i = 0; i < input.data.length; i++) {
    const c = i % channels
    output.data[i] = input.data[i]! * scale[c]! + offset[c]!
  }
}

/** The definition, not the folded form: `gamma * (x - mean) / sqrt(variance + epsilon) + beta`. */
export const batchNorm: Kernel<'batchNorm'> = (op, { input, output, param }) => {
  const mean = param(op.mean)
  const variance = param(op.variance)
  const gamma = op.gamma === null ? null : param(op.gamma)
  const beta = op.beta === null ? null : param(op.beta)
  const deviation = Float64Array.from(variance, value => Math.sqrt(value + op.epsilon))
  const channels = channelsOf(input)
  for (let i = 0; i < input.data.length; i++) {
    const c = i % channels
    const standard = (input.data[i]! - mean[c]!) / deviation[c]!
    output.data[i] = standard * (gamma ? gamma[c]! : 1) + (beta ? beta[c]! : 0)
  }
}
