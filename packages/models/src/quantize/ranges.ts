import type { Bounds } from '@depthwise/core'
import type { Histogram } from './histogram.ts'

/**
 * How the range of a tensor is chosen from the values it takes. `minMax`: all of them. `percentile`: all but the outermost
 * 0.01 %. `mse`: the range with the least expected squared error, of rounding inside of it and of clamping outside.
 */
export type RangeMethod = 'minMax' | 'percentile' | 'mse'

/** Every method, in the order in which they are tried. */
export const rangeMethods: readonly RangeMethod[] = ['minMax', 'percentile', 'mse']

/** The share of all values that `percentile` leaves outside, both ends together. */
const outside = 1e-4
/** Steps between the smallest and the largest int8. */
const steps = 255
/** Ends that `mse` tries, as shares of the observed ones: down to a tenth. */
const shares: readonly number[] = Array.from({ length: 32 }, (_, i) => 0.93 ** i)

const choosers: Readonly<Record<RangeMethod, (histogram: Histogram) => Bounds>> = {
  minMax: ({ bounds }) => bounds,
  percentile,
  mse: leastSquares,
}

/** A range that holds 0, by the values that a histogram has counted. */
export function chooseRange(histogram: Histogram, method: RangeMethod): Bounds {
  return choosers[method](histogram)
}

function percentile({ counts, zeros, bounds, width }: Histogram): Bounds {
  const total = counts.reduce((sum, count) => sum + count, zeros)
  const sides = bounds.min < 0 && bounds.max > 0 ? 2 : 1
  const dropped = (total * outside) / sides
  /** Bins from one end on whose values, together, are few enough to leave out. */
  const skipped = (bins: Float64Array): number => {
    let sum = 0
    const kept = bins.findIndex(count => {
      sum += count
      return sum > dropped
    })
    return Math.max(kept, 0)
  }
  return {
    min: bounds.min < 0 ? Math.min(bounds.min + skipped(counts) * width, 0) : 0,
    max: bounds.max > 0 ? Math.max(bounds.max - skipped(counts.toReversed()) * width, 0) : 0,
  }
}

/** Rounding errors are spread evenly over a step, so that their mean square is step^2 / 12. */
function leastSquares(histogram: Histogram): Bounds {
  const { bounds } = histogram
  const sums = new TailSums(histogram)
  const ends = (extreme: number): readonly number[] => (extreme === 0 ? [0] : shares.map(share => share * extreme))
  let best = { ...bounds, error: Infinity }
  for (const min of ends(bounds.min)) {
    for (const max of ends(bounds.max)) {
      const rounding = (((max - min) / steps) ** 2 / 12) * sums.countWithin(min, max)
      const error = rounding + sums.squaresBelow(min) + sums.squaresAbove(max)
      if (error < best.error) best = { min, max, error }
    }
  }
  return { min: best.min, max: best.max }
}

/** Sums over all bins below a value, so that the error of clamping there takes no loop. */
class TailSums {
  readonly #histogram: Histogram
  /** Of counts, values, and squares of values, over the first `i` bins. */
  readonly #moments: readonly [Float64Array, Float64Array, Float64Array]

  constructor(histogram: Histogram) {
    const { counts } = histogram
    const sums = () => new Float64Array(counts.length + 1)
    const [zeroth, first, second] = [sums(), sums(), sums()]
    for (let bin = 0; bin < counts.length; bin++) {
      const [count, value] = [counts[bin]!, histogram.middle(bin)]
      zeroth[bin + 1] = zeroth[bin]! + count
      first[bin + 1] = first[bin]! + count * value
      second[bin + 1] = second[bin]! + count * value * value
    }
    this.#histogram = histogram
    this.#moments = [zeroth, first, second]
  }

  countWithin(min: number, max: number): number {
    const [zeroth] = this.#moments
    return zeroth[this.#bin(max)]! - zeroth[this.#bin(min)]!
  }

  /** The squared distances to `limit` of all values below it. */
  squaresBelow(limit: number): number {
    const [zeroth, first, second] = this.#moments
    const bin = this.#bin(limit)
    return second[bin]! - 2 * limit * first[bin]! + limit * limit * zeroth[bin]!
  }

  squaresAbove(limit: number): number {
    const [zeroth, first, second] = this.#moments
    const [bin, all] = [this.#bin(limit), zeroth.length - 1]
    const [count, sum, squares] = [zeroth, first, second].map(moment => moment[all]! - moment[bin]!) as [
      number,
      number,
      number,
    ]
    return squares - 2 * limit * sum + limit * limit * count
  }

  #bin(value: number): number {
    const { bounds, width, counts } = this.#histogram
    if (width === 0) return 0
    return Math.min(Math.max(Math.round((value - bounds.min) / width), 0), counts.length)
  }
}
