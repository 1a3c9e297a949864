import { randomReals } from '@depthwise/testing/random-params'
import { describe, expect, test } from 'vitest'
import { int8Over } from '../src/quantize/elements.ts'
import { Extremes, Histogram } from '../src/quantize/histogram.ts'
import { chooseRange, rangeMethods } from '../src/quantize/ranges.ts'

function histogramOf(...parts: readonly ArrayLike<number>[]): Histogram {
  const extremes = new Extremes()
  for (const part of parts) extremes.add(part)
  const histogram = new Histogram(extremes)
  for (const part of parts) histogram.add(part)
  return histogram
}

/** Sums of uniform numbers: nearly normal, of deviation 1. */
function bell(count: number, seed: number): Float32Array {
  const random = randomReals(seed)
  return Float32Array.from({ length: count }, () => {
    let sum = -6
    for (let i = 0; i < 12; i++) sum += random()
    return sum
  })
}

/** The mean squared error of storing values as int8 over a range. */
function errorOver(values: Float32Array, range: { readonly min: number; readonly max: number }): number {
  const { scale, zeroPoint } = int8Over(range).quantization
  return values.reduce((sum, value) => {
    const stored = Math.min(Math.max(Math.round(value / scale) + zeroPoint, -128), 127)
    return sum + ((stored - zeroPoint) * scale - value) ** 2 / values.length
  }, 0)
}

describe('ranges of observed values', () => {
  test('hold 0 and every finite value by min and max, over several images', () => {
    const seen = histogramOf([1, 2.5], [-0.5, Number.NaN, Infinity, -Infinity])
    expect(chooseRange(seen, 'minMax')).toEqual({ min: -0.5, max: 2.5 })
    expect(chooseRange(histogramOf([3, 4]), 'minMax')).toEqual({ min: 0, max: 4 })
  })

  test('leave out the outermost values by percentile, and nothing of a few values', () => {
    const values = bell(100_000, 1)
    values[7] = 1000
    const { min, max } = chooseRange(histogramOf(values), 'percentile')
    expect(max).toBeLessThan(10)
    expect(min).toBeLessThan(-3)
    expect(chooseRange(histogramOf([0, 1, 2, 3]), 'percentile').max).toBeCloseTo(3, 2)
  })

  test('have less squared error by mse than by min and max, where few values are large', () => {
    const values = bell(50_000, 2).map(value => value ** 3)
    const seen = histogramOf(values)
    const [all, least] = [errorOver(values, seen.bounds), errorOver(values, chooseRange(seen, 'mse'))]
    expect(least).toBeLessThan(all)
    // What the histogram predicts is near the least that any range has.
    const best = Math.min(...Array.from({ length: 60 }, (_, i) => errorOver(values, { min: -1 - i, max: 1 + i })))
    expect(least).toBeLessThan(best * 1.3)
  })

  test.each(rangeMethods)('are nothing by %s where every value is 0', method => {
    expect(chooseRange(histogramOf(new Float32Array(100)), method)).toEqual({ min: 0, max: 0 })
  })
})

describe('int8 over a range', () => {
  test.each([
    [
      { min: 0, max: 6 },
      { scale: Math.fround(6 / 255), zeroPoint: -128 },
    ],
    [
      { min: -1, max: 1.5 },
      { scale: Math.fround(2.5 / 255), zeroPoint: -26 },
    ],
    [
      { min: -2, max: 0 },
      { scale: Math.fround(2 / 255), zeroPoint: 127 },
    ],
  ])('%j', (range, quantization) => {
    expect(int8Over(range).quantization).toEqual(quantization)
  })

  test.each([0, 1e-40, Number.MIN_VALUE])('has a positive scale over a range of %d', max => {
    expect(int8Over({ min: 0, max }).quantization).toEqual({ scale: 1, zeroPoint: -128 })
  })
})
