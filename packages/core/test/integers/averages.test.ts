import { describe, expect, it } from 'vitest'
import {
  meanFactors,
  roundedAverage,
  softmaxFactor,
  softmaxTable,
  storeMean,
  storeProbability,
} from '../../src/integers/index.ts'
import { int8, uint8 } from './types.ts'

describe('means', () => {
  it('of one type divide, and round half to even', () => {
    const type = uint8(0.3, 10)
    const factors = meanFactors(type, type, 4)
    expect(factors).toEqual({ scale: 0.25, offset: 0 })
    expect([42, 46, 43, 1020].map(sum => storeMean(sum, factors, type))).toEqual([10, 12, 11, 255])
  })

  it('of two types requantize on the way', () => {
    // Four bytes of (x - 8) * 0.5 to (y + 2) * 0.25: y = 2 * (sum / 4 - 8) - 2.
    const to = int8(0.25, -2)
    const factors = meanFactors(uint8(0.5, 8), to, 4)
    expect(factors).toEqual({ scale: 0.5, offset: -18 })
    expect([32, 33, 35, 1000, 0].map(sum => storeMean(sum, factors, to))).toEqual([-2, -2, 0, 127, -18])
  })

  it('of a pool round half away from zero', () => {
    expect(
      [
        [5, 2],
        [-5, 2],
        [7, 3],
        [-8, 3],
        [0, 9],
      ].map(([sum, count]) => roundedAverage(sum as number, count as number)),
    ).toEqual([3, -3, 2, -3, 0])
  })
})

describe('softmax', () => {
  it('reads its exponentials off a table by the distance to the largest byte', () => {
    const table = softmaxTable(int8(0.5), 2)
    expect(table).toHaveLength(256)
    expect([table[0], table[1], table[2]]).toEqual([1, Math.fround(Math.exp(-1)), Math.fround(Math.exp(-2))])
    expect(softmaxTable(int8(0.5))[2]).toBe(Math.fround(Math.exp(-1)))
    expect(table[255]).toBe(0)
  })

  it('divides by the sum in steps of the result', () => {
    expect(softmaxFactor(2, uint8(1 / 256))).toBe(128)
  })

  it('saturates; ties go up', () => {
    expect([0, 2.5, 2.4999, 255.4, 256].map(steps => storeProbability(steps, uint8(1 / 256)))).toEqual([
      0, 3, 2, 255, 255,
    ])
    expect([0, 2.5, 255, 256].map(steps => storeProbability(steps, int8(1 / 256, -128)))).toEqual([
      -128, -125, 127, 127,
    ])
  })
})
