/** A matrix as its rows. */
export type Matrix = readonly (readonly number[])[]

/** `a = u · diag(s) · vᵀ`, with the columns of `u` and `v` as arrays. */
interface Decomposition {
  readonly u: Matrix
  readonly s: readonly number[]
  readonly v: Matrix
}

const tiny = 1e-15
const maxSweeps = 60

/**
 * Singular values by one-sided Jacobi rotations (Hestenes, 1958): columns are turned in pairs until all are perpendicular; their
 * lengths are then the singular values. Meant for the few columns of small matrices.
 */
function decompose(a: Matrix): Decomposition {
  const width = a[0]?.length ?? 0
  const columns = Array.from({ length: width }, (_, j) => a.map(row => row[j] as number))
  const v = columns.map((_, j) => columns.map((_, i) => (i === j ? 1 : 0)))
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    let turned = false
    for (let p = 0; p < width; p++) {
      for (let q = p + 1; q < width; q++) {
        const [x, y] = [columns[p] as number[], columns[q] as number[]]
        const [xx, yy, xy] = [dot(x, x), dot(y, y), dot(x, y)]
        if (Math.abs(xy) <= tiny * Math.sqrt(xx * yy)) continue
        turned = true
        const zeta = (yy - xx) / (2 * xy)
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta))
        const cosine = 1 / Math.hypot(1, t)
        turn(x, y, cosine, cosine * t)
        turn(v[p] as number[], v[q] as number[], cosine, cosine * t)
      }
    }
    if (!turned) break
  }
  const s = columns.map(column => Math.sqrt(dot(column, column)))
  return { u: columns.map((column, j) => column.map(value => (s[j] ? value / s[j] : 0))), s, v }
}

function turn(x: number[], y: number[], cosine: number, sine: number): void {
  for (const [i, before] of x.entries()) {
    const other = y[i] as number
    x[i] = cosine * before - sine * other
    y[i] = sine * before + cosine * other
  }
}

const dot = (x: readonly number[], y: readonly number[]): number =>
  x.reduce((sum, value, i) => sum + value * (y[i] as number), 0)

const transposed = (a: Matrix): Matrix => (a[0] ?? []).map((_, j) => a.map(row => row[j] as number))

/**
 * The Moore-Penrose pseudo-inverse of an m by n matrix, n by m: what leads back from `a · x` to the shortest `x` that comes
 * nearest. Singular values below `1e-12` of the largest count as 0.
 */
export function pseudoInverse(a: Matrix): Matrix {
  // Rotations go over all pairs of columns: the narrow side is the cheap one.
  if ((a[0]?.length ?? 0) > a.length) return transposed(pseudoInverse(transposed(a)))
  const { u, s, v } = decompose(a)
  const min = 1e-12 * Math.max(...s)
  return v.map((_, i) =>
    a.map((_, j) =>
      s.reduce((sum, value, k) => {
        return value > min ? sum + ((v[k]?.[i] as number) * (u[k]?.[j] as number)) / value : sum
      }, 0),
    ),
  )
}
