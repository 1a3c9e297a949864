import { dequantized, type Shape, ShapeError, type Tensor } from '@depthwise/core'
import { sameShape } from '@depthwise/core/backend'
import type { Tolerance } from './tolerance.ts'
import { binOf, bitsOf, position } from './ulp.ts'

/** One element in which two values differ most, measured by what the tolerance allows. */
export interface WorstElement {
  /** Into the data. */
  readonly index: number
  /** The same place, axis by axis: `[image, row, column, channel]`. */
  readonly at: readonly number[]
  readonly reference: number
  readonly candidate: number
}

/** How two tensors of one shape differ. Elements where one is NaN or infinite count only if the other is not the same. */
export interface Difference {
  readonly elements: number
  /** Elements beyond the tolerance. */
  readonly beyond: number
  readonly maxAbs: number
  /** Largest `|a - b| / max(|a|, |b|)`: 1 where one of them is zero. */
  readonly maxRel: number
  /** Largest finite magnitude of the reference. */
  readonly largest: number
  /** Cosine of the angle between the two as vectors of their finite elements; 1 where both are zero. */
  readonly cosine: number
  /** Elements by distance in float32 numbers: bin 0 equal, bin `k` from 2^(k-1) on. Special values that differ are left out. */
  readonly ulps: readonly number[]
  /** Elements where only one is NaN or infinite, or both are but not the same. */
  readonly special: number
  readonly worst: WorstElement
}

/** `[image, row, column, channel]` of an element. */
export function coordinates(index: number, shape: Shape): readonly number[] {
  let rest = index
  return shape
    .toReversed()
    .map(extent => {
      const at = rest % extent
      rest = Math.floor(rest / extent)
      return at
    })
    .toReversed()
}

/**
 * Measures a candidate against the reference, in the reals that quantized values stand for.
 * @throws ShapeError when the shapes are not the same
 */
export function difference(
  reference: Tensor,
  candidate: Tensor,
  { ofLargest, absolute = 0, ulps: allowedUlps = 0 }: Tolerance,
): Difference {
  const { data: a, shape } = dequantized(reference)
  const { data: b } = dequantized(candidate)
  if (!sameShape(shape, candidate.shape) || a.length !== b.length) {
    const found = `${candidate.shape.join('x')} (${b.length} elements)`
    throw new ShapeError({ where: 'candidate', expected: `${shape.join('x')} (${a.length} elements)`, found })
  }
  const largest = largestMagnitude(a)
  const allowed = Math.max(absolute, ofLargest * largest)
  const [bitsA, bitsB] = [bitsOf(a), bitsOf(b)]
  const ulps: number[] = []
  let [maxAbs, maxRel, dot, squaresA, squaresB, beyond, special] = [0, 0, 0, 0, 0, 0, 0]
  let worst = 0
  let worstExcess = -1
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number
    const y = b[i] as number
    let excess = 0
    if (Number.isFinite(x) && Number.isFinite(y)) {
      const apart = Math.abs(x - y)
      const distance = Math.abs(position(bitsA[i] as number) - position(bitsB[i] as number))
      const bin = binOf(distance)
      ulps[bin] = (ulps[bin] ?? 0) + 1
      dot += x * y
      squaresA += x * x
      squaresB += y * y
      if (apart > maxAbs) maxAbs = apart
      const relative = apart === 0 ? 0 : apart / Math.max(Math.abs(x), Math.abs(y))
      if (relative > maxRel) maxRel = relative
      excess = apart
      if (apart > allowed && distance > allowedUlps) beyond += 1
    } else if (!Object.is(x, y)) {
      excess = Infinity
      special += 1
      beyond += 1
    }
    if (excess > worstExcess) {
      worstExcess = excess
      worst = i
    }
  }
  if (special > 0) maxAbs = maxRel = Infinity
  const cosine = squaresA === 0 && squaresB === 0 ? 1 : dot / Math.sqrt(squaresA * squaresB) || 0
  return {
    elements: a.length,
    beyond,
    maxAbs,
    maxRel,
    largest,
    cosine,
    ulps: Array.from(ulps, count => count ?? 0),
    special,
    worst: { index: worst, at: coordinates(worst, shape), reference: a[worst]!, candidate: b[worst]! },
  }
}

function largestMagnitude(values: Float32Array): number {
  let largest = 0
  for (const value of values) {
    const magnitude = Math.abs(value)
    if (magnitude > largest && magnitude < Infinity) largest = magnitude
  }
  return largest
}

/** Of two measurements of one node, the one that is farther beyond its tolerance. */
export function worse(a: Difference, b: Difference): boolean {
  if (a.special !== b.special) return a.special > b.special
  if (a.beyond > 0 !== b.beyond > 0) return a.beyond > 0
  return a.maxAbs * (b.largest || 1) > b.maxAbs * (a.largest || 1)
}
