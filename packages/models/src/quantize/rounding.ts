import type { OperandStatistics } from './operand-statistics.ts'
import { groupOf, type ProductLayout } from './product-layout.ts'

/** Weights as integers: row by row as the layout says, with a scale for each output channel. */
export interface RoundedWeights {
  readonly stored: Int8Array
  readonly scales: readonly number[]
}

/** int8 is used symmetrically: -128 would be a weight whose negative there is not. */
export const largestWeight = 127
/** Smaller scales would leave the normal float32 numbers once they are multiplied by that of the operand. */
const smallestScale = 2 ** -100
/** Sweeps over the weights of a channel; after a few nothing changes. */
const sweeps = 8

/** The nearest integers. A channel of zeros has a scale all the same, 1. */
export function roundNearest(weights: ArrayLike<number>, { outputs }: ProductLayout): RoundedWeights {
  const largest = new Float64Array(outputs)
  for (let i = 0; i < weights.length; i++) {
    const c = i % outputs
    largest[c] = Math.max(largest[c]!, Math.abs(weights[i]!))
  }
  const scales = Array.from(largest, most =>
    most === 0 ? 1 : Math.fround(Math.max(most / largestWeight, smallestScale)),
  )
  return { stored: roundBy(weights, scales), scales }
}

/** The nearest integers to weights in steps of given scales. */
export function roundBy(weights: ArrayLike<number>, scales: readonly number[]): Int8Array {
  const stored = new Int8Array(weights.length)
  for (let i = 0; i < stored.length; i++) stored[i] = clampWeight(Math.round(weights[i]! / scales[i % scales.length]!))
  return stored
}

const clampWeight = (value: number): number => Math.min(Math.max(value, -largestWeight), largestWeight)

/**
 * Integers whose sums vary as those of the real weights do. The error `e` of a channel's weights adds `e' H e` to the variance
 * of its sums, `H` being the covariance of what the weights multiply (Nagel et al. 2020, "Up or Down? Adaptive Rounding for
 * Post-Training Quantization", section 3, where `H` holds second moments; what `e` does to the mean is for bias correction
 * here). Starting at the nearest integers, one weight after another goes to where this is least, until none moves.
 */
export function roundByCovariance(
  weights: ArrayLike<number>,
  layout: ProductLayout,
  statistics: OperandStatistics,
): RoundedWeights {
  const { stored, scales } = roundNearest(weights, layout)
  const { outputs, groups, taps } = layout
  const error = new Float64Array(taps)
  const slope = new Float64Array(taps)
  for (let group = 0; group < groups; group++) {
    const h = withRidge(statistics.covariance(group), taps, statistics.count)
    if (!h) continue
    for (let c = 0; c < outputs; c++) {
      if (groupOf(layout, c) !== group) continue
      const scale = scales[c] as number
      for (let i = 0; i < taps; i++) error[i] = stored[i * outputs + c]! * scale - weights[i * outputs + c]!
      multiply(h, error, slope)
      for (let sweep = 0; sweep < sweeps; sweep++) {
        let moved = false
        for (let i = 0; i < taps; i++) {
          const at = i * outputs + c
          const wanted = stored[at]! - Math.round(slope[i]! / (h[i * taps + i]! * scale))
          const move = clampWeight(wanted) - stored[at]!
          if (move === 0) continue
          moved = true
          stored[at]! += move
          for (let j = 0; j < taps; j++) slope[j]! += h[i * taps + j]! * move * scale
        }
        if (!moved) break
      }
    }
  }
  return { stored, scales }
}

/**
 * The covariance with something added to each variance, so that directions that few places have shown do not count as free of
 * error: the more, the fewer places there are for each tap. Null where nothing varies.
 */
function withRidge(covariance: Float64Array, taps: number, count: number): Float64Array | null {
  let trace = 0
  for (let i = 0; i < taps; i++) trace += covariance[i * taps + i]!
  if (!(trace > 0)) return null
  const ridge = (trace / taps) * Math.min(0.3 + taps / count, 1)
  for (let i = 0; i < taps; i++) covariance[i * taps + i]! += ridge
  return covariance
}

function multiply(matrix: Float64Array, vector: Float64Array, into: Float64Array): void {
  const size = vector.length
  for (let i = 0; i < size; i++) {
    let sum = 0
    for (let j = 0; j < size; j++) sum += matrix[i * size + j]! * vector[j]!
    into[i] = sum
  }
}
