import type { OperandStatistics } from './operand-statistics.ts'
import { groupOf, type ProductLayout } from './product-layout.ts'
import type { RoundedWeights } from './rounding.ts'

/**
 * By how much rounded weights shift the mean of each output channel: the error of the weights times the mean of what they
 * multiply (Nagel et al. 2019, "Data-Free Quantization Through Weight Equalization and Bias Correction", section 4.2; the means
 * are those of the calibration images in place of batch norm's). It is subtracted from the bias.
 */
export function biasShifts(
  weights: ArrayLike<number>,
  { stored, scales }: RoundedWeights,
  layout: ProductLayout,
  statistics: OperandStatistics,
): Float64Array {
  const { outputs, groups, taps } = layout
  const means = Array.from({ length: groups }, (_, group) => statistics.means(group))
  const shifts = new Float64Array(outputs)
  for (let c = 0; c < outputs; c++) {
    const mean = means[groupOf(layout, c)] as Float64Array
    for (let i = 0; i < taps; i++) {
      const at = i * outputs + c
      shifts[c]! += (stored[at]! * scales[c]! - weights[at]!) * mean[i]!
    }
  }
  return shifts
}
