import { OptionError } from '@depthwise/core'
import { reference, wasm } from '@depthwise/ops-cpu'
import { describeShared } from '@depthwise/testing/shared-folder'
import { numberIn, readTable } from '@depthwise/testing/tables'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fewerThanTwoActive, type Matrix, manifold, pseudoInverse, spiral } from '../src/index.ts'

const times = (a: Matrix, b: Matrix): Matrix =>
  a.map(row => (b[0] ?? []).map((_, j) => row.reduce((sum, value, k) => sum + value * (b[k]?.[j] as number), 0)))
const transposed = (a: Matrix): Matrix => (a[0] ?? []).map((_, j) => a.map(row => row[j] as number))

function expectClose(a: Matrix, b: Matrix, digits = 8): void {
  const scale = Math.max(1, ...b.flat().map(Math.abs))
  for (const [i, row] of a.entries())
    for (const [j, value] of row.entries()) expect((value - (b[i]?.[j] as number)) / scale).toBeCloseTo(0, digits)
}

describe('pseudoInverse', () => {
  const size = fc.integer({ min: 1, max: 6 })
  const matrix = fc.tuple(size, size).chain(([m, n]) => {
    const row = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: n, maxLength: n })
    return fc.array(row, { minLength: m, maxLength: m })
  })
  it('meets the four conditions of Penrose, whatever the rank', () => {
    fc.assert(
      fc.property(matrix, a => {
        const p = pseudoInverse(a)
        expectClose(times(times(a, p), a), a)
        expectClose(times(times(p, a), p), p)
        expectClose(transposed(times(a, p)), times(a, p))
        expectClose(transposed(times(p, a)), times(p, a))
      }),
    )
  })
})

describeShared('figure 1 of the V2 paper', () => {
  const rows = readTable('mobilenet_v2_figure1_relu_manifold.csv')

  it('closed forms: (1 + n) / 2ⁿ, and 2⁻ⁿ, as recorded', () => {
    for (const row of rows) {
      const n = numberIn(row, 'n')
      // The table has six decimals.
      expect(fewerThanTwoActive(n)).toBeCloseTo(numberIn(row, 'p_rank_lt_2_analytic'), 6)
      expect(2 ** -n).toBeCloseTo(numberIn(row, 'p_all_inactive_analytic'), 6)
    }
  })

  it('measured over 400 seeds: as the closed forms say, and as recorded elsewhere', async () => {
    const n = rows.map(row => numberIn(row, 'n'))
    const { embeddings } = await manifold({ backend: wasm(), n, seeds: 400, points: 100 })
    for (const [index, row] of rows.entries()) {
      const { fewerThanTwoActive: measured, expected, noneActive, expectedNone, error } = embeddings[index]!
      expect(Math.abs(measured - expected)).toBeLessThan(0.02)
      expect(Math.abs(noneActive - expectedNone)).toBeLessThan(0.02)
      expect(Math.abs(measured - numberIn(row, 'p_rank_lt_2_empirical'))).toBeLessThan(0.03)
      // Their spiral is not quite ours.
      expect(Math.abs(error - numberIn(row, 'median_rel_error_after_best_rescale'))).toBeLessThan(0.06)
    }
  })
})

describe('manifold', () => {
  it('is the same for a seed, on every backend', async () => {
    const options = { n: [2, 15], seed: 7, points: 50 }
    const [a, b, c] = [
      await manifold({ backend: wasm(), ...options }),
      await manifold({ backend: reference(), ...options }),
      await manifold({ backend: reference(), ...options, seed: 8 }),
    ]
    for (const [i, { recovered }] of a.embeddings.entries()) expectClose(recovered, b.embeddings[i]?.recovered ?? [], 6)
    expect(b.embeddings[1]?.recovered).not.toEqual(c.embeddings[1]?.recovered)
    expect(a.spiral).toEqual(spiral(50))
  })

  it('in many dimensions brings the spiral back at half its size', async () => {
    const { spiral: curve, embeddings } = await manifold({ backend: wasm(), n: [1000] })
    expect(embeddings[0]?.error).toBeLessThan(0.08)
    const halves = curve.map(([x, y], i) =>
      Math.hypot(embeddings[0]!.recovered[i]![0] - x / 2, embeddings[0]!.recovered[i]![1] - y / 2),
    )
    expect(Math.max(...halves)).toBeLessThan(0.1)
  })

  it('refuses dimensions, seeds and points out of their domain', async () => {
    await expect(manifold({ backend: reference(), n: [0] })).rejects.toThrow(
      'option n: expected integers from 1 to 1024, found 0',
    )
    await expect(manifold({ backend: reference(), points: 1e9 })).rejects.toThrow(OptionError)
    await expect(manifold({ backend: reference(), seeds: 0.5 })).rejects.toThrow(OptionError)
    await expect(manifold({ backend: reference(), seed: Number.NaN })).rejects.toThrow(OptionError)
  })
})
