import { checkQuantization } from '@depthwise/core/backend'
import { randomReals } from '@depthwise/testing/random-params'
import { describe, expect, test } from 'vitest'
import { biasShifts } from '../src/quantize/bias-correction.ts'
import { OperandStatistics } from '../src/quantize/operand-statistics.ts'
import { layoutOf, type ProductLayout, windowOf } from '../src/quantize/product-layout.ts'
import { roundByCovariance, roundNearest } from '../src/quantize/rounding.ts'
import { storeParameters } from '../src/quantize/weights.ts'

const dense = { kind: 'dense', units: 6, weights: 'w', bias: 'b', activation: null, residual: false } as const
const features = 12
const layout = layoutOf(dense, features)

/** Rows of features that vary together, around means far from 0. */
function rows(count: number, seed: number): readonly Float32Array[] {
  const random = randomReals(seed)
  return Array.from({ length: count }, () => {
    const common = random()
    return Float32Array.from({ length: features }, (_, i) => 2 + i / 4 + common + 0.1 * random())
  })
}

function statisticsOf(data: readonly Float32Array[]): OperandStatistics {
  const statistics = new OperandStatistics(layout, windowOf(dense, [1, features], [1, 6]))
  for (const row of data) statistics.add(row)
  return statistics
}

const weights = (seed: number): Float32Array => {
  const random = randomReals(seed)
  return Float32Array.from({ length: features * 6 }, () => 2 * random() - 1)
}

/** Means and variances over rows of the error of each output. */
function errorsOf(w: ArrayLike<number>, stored: Int8Array, scales: readonly number[], data: readonly Float32Array[]) {
  return scales.map((scale, c) => {
    const errors = data.map(row => row.reduce((sum, x, i) => sum + x * (stored[i * 6 + c]! * scale - w[i * 6 + c]!), 0))
    const mean = errors.reduce((sum, each) => sum + each, 0) / errors.length
    return { mean, variance: errors.reduce((sum, each) => sum + (each - mean) ** 2, 0) / errors.length }
  })
}

describe('weights as integers', () => {
  test('have a scale for each output, whose largest weight is 127', () => {
    const { stored, scales } = roundNearest([1, -0.5, 0.25, 0.1], { outputs: 2 } as ProductLayout)
    expect([...stored]).toEqual([127, -127, 32, 25])
    expect(scales).toEqual([Math.fround(1 / 127), Math.fround(0.5 / 127)])
  })

  test('of a channel of zeros have a positive scale', () => {
    expect(roundNearest([0, 1, 0, -1], { outputs: 2 } as ProductLayout).scales[0]).toBe(1)
  })

  test('rounded by covariance leave less variance of the sums than the nearest, also on other rows', () => {
    const [w, seen, others] = [weights(3), rows(400, 4), rows(400, 5)]
    const nearest = roundNearest(w, layout)
    const chosen = roundByCovariance(w, layout, statisticsOf(seen))
    expect(chosen.scales).toEqual(nearest.scales)
    const total = ({ stored, scales }: typeof nearest): number =>
      errorsOf(w, stored, scales, others).reduce((sum, { variance }) => sum + variance, 0)
    expect(total(chosen)).toBeLessThan(0.5 * total(nearest))
  })

  test('are the nearest where nothing varies', () => {
    const constant = Array.from({ length: 5 }, () => new Float32Array(features).fill(3))
    const w = weights(6)
    expect(roundByCovariance(w, layout, statisticsOf(constant))).toEqual(roundNearest(w, layout))
  })
})

describe('bias correction', () => {
  test('takes away the mean error of each output, which rounding leaves', () => {
    const [w, seen, others] = [weights(7), rows(200, 8), rows(200, 9)]
    const rounded = roundNearest(w, layout)
    const shifts = biasShifts(w, rounded, layout, statisticsOf(seen))
    const errors = errorsOf(w, rounded.stored, rounded.scales, others)
    const before = errors.reduce((sum, { mean }) => sum + Math.abs(mean), 0)
    const after = errors.reduce((sum, { mean }, c) => sum + Math.abs(mean - shifts[c]!), 0)
    expect(after).toBeLessThan(0.1 * before)
  })
})

describe('means of what a window sees', () => {
  const op = {
    kind: 'depthwiseConv2d',
    multiplier: 1,
    kernel: [1, 2],
    strides: [1, 1],
    dilations: [1, 1],
    padding: { top: 0, bottom: 0, left: 0, right: 1 },
    weights: 'w',
    bias: null,
    activation: null,
    residual: false,
  } as const

  test('count padding as zeros, by channel', () => {
    const statistics = new OperandStatistics(layoutOf(op, 2), windowOf(op, [1, 1, 2, 2], [1, 1, 2, 2]))
    statistics.add([1, 10, 3, 30])
    expect([...statistics.means(0)]).toEqual([2, 1.5])
    expect([...statistics.means(1)]).toEqual([20, 15])
    // (1, 3) and (3, 0) around (2, 1.5).
    expect([...statistics.covariance(0)]).toEqual([1, -1.5, -1.5, 2.25])
  })
})

describe('parameters as they are stored', () => {
  const shape = [features, 6]
  const store = (w: Float32Array, bias: readonly number[], scale: number) =>
    storeParameters({ data: w, shape }, roundNearest(w, layout), Float64Array.from(bias), layout, scale)

  test('count biases in steps of both scales', () => {
    const w = weights(10)
    const bias = [0.5, -1, 0, 2, 3, -4]
    const stored = store(w, bias, 0.05)
    checkQuantization(stored.weights, 'weights')
    const { scale } = stored.weights.quantization as { readonly scale: readonly number[] }
    for (const [c, steps] of stored.bias.data.entries()) expect(steps * 0.05 * scale[c]!).toBeCloseTo(bias[c]!, 3)
  })

  test('grow the scale of a channel whose bias would not fit 32 bits', () => {
    const w = weights(11).map((value, i) => (i % 6 === 2 ? value * 1e-9 : value))
    const { weights: stored, bias } = store(w, [0, 0, 1000, 0, 0, 0], 1e-3)
    const { scale } = stored.quantization as { readonly scale: readonly number[] }
    expect(Math.abs(bias.data[2]!)).toBeLessThan(2 ** 31 - 1)
    expect(bias.data[2]! * 1e-3 * scale[2]!).toBeCloseTo(1000, 3)
    expect(scale[1]).toBe(roundNearest(w, layout).scales[1])
  })

  test('keep the bias of a channel whose weights are all 0', () => {
    const w = weights(12).map((value, i) => (i % 6 === 4 ? 0 : value))
    const { weights: stored, bias } = store(w, [0, 0, 0, 0, -0.75, 0], 0.02)
    const { scale } = stored.quantization as { readonly scale: readonly number[] }
    expect(scale[4]).toBeGreaterThan(0)
    expect(bias.data[4]! * 0.02 * scale[4]!).toBeCloseTo(-0.75, 5)
  })
})
