/** One point that a visitor gave a name to. */
export interface Example {
  readonly label: number
  /** Of length 1, so that a dot product is a cosine. */
  readonly point: Float32Array
}

/**
 * Shares of the classes among the `k` nearest examples, each counting by its cosine (Cover and Hart 1967, with weights).
 * @returns one share a class, summing to 1; all 0 without examples
 */
export function nearestNeighbours(
  examples: readonly Example[],
  point: Float32Array,
  classes: number,
  k = 5,
): Float32Array {
  const near = examples
    .map(({ label, point: other }) => ({ label, cosine: dot(point, other) }))
    .toSorted((a, b) => b.cosine - a.cosine)
    .slice(0, k)
  const shares = new Float32Array(classes)
  for (const { label, cosine } of near) shares[label]! += weightOf(cosine)
  const sum = shares.reduce((total, share) => total + share, 0)
  return sum > 0 ? shares.map(share => share / sum) : shares
}

/** Cosines of features behind a ReLU crowd near 1: the differences there are what counts. */
const weightOf = (cosine: number): number => 1 / (0.01 + Math.max(0, 1 - cosine))

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
