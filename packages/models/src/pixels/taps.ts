import { OptionError, type Resampling } from '@depthwise/core'

/**
 * One axis of a resize: output `i` is the sum over `k < counts[i]` of `weights[i * stride + k] * input[starts[i] +
 * k]`.
 */
export interface Taps {
  readonly starts: Int32Array
  readonly counts: Int32Array
  readonly weights: Float64Array
  readonly stride: number
}

/** An axis of `source` pixels scaled to `scaled`, of which `count` outputs from `first` on are wanted. */
export interface Axis {
  readonly source: number
  readonly scaled: number
  readonly first: number
  readonly count: number
}

interface Filter {
  /** Weight of a sample at distance `x >= 0` from the centre. */
  weigh(x: number): number
  /** Distance from which on the weight is zero. */
  readonly support: number
}

/** Keys' cubic convolution with a = -1/2, the choice of Pillow and of TensorFlow's half-pixel `resize_bicubic`. */
function cubic(x: number): number {
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0
}

const filters: { readonly [F in Resampling['filter']]: Filter } = {
  bilinear: { support: 1, weigh: x => Math.max(0, 1 - x) },
  bicubic: { support: 2, weigh: cubic },
}

/**
 * Weights of one axis. Pixel centres lie at halves; with antialias the filter is stretched by the shrink factor, so
 * that every source pixel counts; samples beyond the border are left out and the rest scaled to sum to one. These are
 * the operations of `precompute_coeffs` in Pillow's Resample.c, in its order. Without the stretch the weights are
 * those of TensorFlow's half-pixel resizers: leaving out what lies beyond the border equals the clamping of
 * `resize_bilinear` and is the rule of `resize_bicubic` (which looks its weights up at multiples of 1/1024; these are
 * not rounded so).
 * @throws OptionError for an unknown filter
 */
export function tapsOf({ source, scaled, first, count }: Axis, { filter, antialias }: Resampling): Taps {
  if (!Object.hasOwn(filters, filter)) {
    throw new OptionError({ where: 'filter', expected: Object.keys(filters).join(', '), found: `${filter}` })
  }
  const { weigh, support } = filters[filter]
  const scale = source / scaled
  const stretch = antialias ? Math.max(scale, 1) : 1
  const reach = support * stretch
  const stride = Math.min(Math.ceil(reach) * 2 + 1, source)
  const starts = new Int32Array(count)
  const counts = new Int32Array(count)
  const weights = new Float64Array(count * stride)
  const inverse = 1 / stretch
  for (let i = 0; i < count; i++) {
    const centre = (first + i + 0.5) * scale
    const start = Math.max(Math.trunc(centre - reach + 0.5), 0)
    const end = Math.min(Math.trunc(centre + reach + 0.5), source)
    const row = weights.subarray(i * stride, i * stride + end - start)
    let sum = 0
    for (let k = 0; k < row.length; k++) {
      row[k] = weigh(Math.abs((k + start - centre + 0.5) * inverse))
      sum += row[k]!
    }
    for (let k = 0; k < row.length; k++) row[k]! /= sum
    starts[i] = start
    counts[i] = row.length
  }
  return { starts, counts, weights, stride }
}
