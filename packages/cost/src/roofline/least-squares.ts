/**
 * The `x >= 0` that leaves `rows · x` nearest to 1 in every row: least squares over relative errors, where each row was divided
 * by what it should add up to. By the active-set method (Lawson and Hanson, Solving Least Squares Problems, 1974, chapter 23)
 * on the normal equations; columns that nothing speaks for stay 0.
 */
export function nonNegativeLeastSquares(rows: readonly (readonly number[])[], columns: number): readonly number[] {
  // Columns differ by many orders of magnitude; scaled to length 1 they are alike.
  const scale = Array.from({ length: columns }, (_, j) => Math.hypot(...rows.map(row => row[j] ?? 0)) || 1)
  const scaled = rows.map(row => scale.map((length, j) => (row[j] ?? 0) / length))
  const gram = scale.map((_, i) => scale.map((_, j) => scaled.reduce((sum, row) => sum + at(row, i) * at(row, j), 0)))
  const target = scale.map((_, i) => scaled.reduce((sum, row) => sum + at(row, i), 0))
  const x = activeSet(gram, target)
  return x.map((value, j) => value / at(scale, j))
}

const tolerance = 1e-9
/** Keeps columns that say the same apart: far below any measurement. */
const ridge = 1e-10

/** Minimises `½ xᵀGx - tᵀx` over `x >= 0`. */
function activeSet(gram: readonly (readonly number[])[], target: readonly number[]): readonly number[] {
  const x = target.map(() => 0)
  const free: number[] = []
  // Each column enters a few times at most; the bound is against rounding that would go round in circles.
  for (let turn = 0; turn < 3 * target.length; turn++) {
    const slope = (i: number): number =>
      at(target, i) - (gram[i] ?? []).reduce((sum, value, j) => sum + value * at(x, j), 0)
    const candidates = x.map((_, i) => i).filter(i => !free.includes(i) && slope(i) > tolerance)
    const [entering] = candidates.toSorted((a, b) => slope(b) - slope(a))
    if (entering === undefined) break
    free.push(entering)
    for (let z = solve(gram, target, free); ; z = solve(gram, target, free)) {
      if (z.every(value => value > 0)) {
        for (const [k, i] of free.entries()) x[i] = at(z, k)
        break
      }
      // As far towards z as no component falls below 0; those that reach it are bound again.
      const step = Math.min(...free.map((i, k) => (at(z, k) > 0 ? 1 : at(x, i) / (at(x, i) - at(z, k) || 1))))
      for (const [k, i] of free.entries()) x[i] = Math.max(0, at(x, i) + step * (at(z, k) - at(x, i)))
      for (const [k, i] of [...free.entries()].toReversed()) {
        if (at(z, k) > 0 || at(x, i) > tolerance * tolerance) continue
        x[i] = 0
        free.splice(k, 1)
      }
    }
  }
  return x
}

/** Gaussian elimination with the rows and columns in `chosen`: positive definite, so that no pivot need be sought. */
function solve(gram: readonly (readonly number[])[], target: readonly number[], chosen: readonly number[]): number[] {
  const a = chosen.map((i, k) => [...chosen.map((j, l) => at(gram[i] ?? [], j) + (k === l ? ridge : 0)), at(target, i)])
  const size = chosen.length
  for (let k = 0; k < size; k++) {
    const pivot = a[k] as number[]
    for (const row of a.slice(k + 1)) {
      const factor = at(row, k) / at(pivot, k)
      for (let j = k; j <= size; j++) row[j] = at(row, j) - factor * at(pivot, j)
    }
  }
  const z = chosen.map(() => 0)
  for (let k = size - 1; k >= 0; k--) {
    const row = a[k] as number[]
    const known = z.reduce((sum, value, j) => (j > k ? sum + at(row, j) * value : sum), 0)
    z[k] = (at(row, size) - known) / at(row, k)
  }
  return z
}

const at = (values: readonly number[], index: number): number => values[index] as number
