import type { Precision } from '../subject/subject.ts'

/** How an answer compares with the reference's. */
export interface Agreement {
  readonly maxAbsDiff: number
  /** Whether both name the same class first. */
  readonly sameTop: boolean
  /** In words, why a row must not be timed; null where it may. */
  readonly objection: string | null
}

/** Float answers may differ by this much of the largest logit. */
const tolerance = 1e-3

/**
 * Compares an answer with the reference. Floats that differ beyond 1e-3 of the largest logit stop the row; integers are
 * measured anyway, and their difference and top 1 told.
 */
export function compareAnswers(answer: readonly number[], expected: Float32Array, precision: Precision): Agreement {
  if (answer.length !== expected.length) {
    return {
      maxAbsDiff: Number.NaN,
      sameTop: false,
      objection: `${answer.length} outputs instead of ${expected.length}`,
    }
  }
  let [maxAbsDiff, largest] = [0, 0]
  for (const [i, value] of expected.entries()) {
    const difference = Math.abs((answer[i] as number) - value)
    // Math.max hands NaN on, which then agrees with nothing.
    maxAbsDiff = Math.max(maxAbsDiff, difference)
    largest = Math.max(largest, Math.abs(value))
  }
  const sameTop = topOf(answer) === topOf(expected)
  const agrees = maxAbsDiff <= tolerance * largest
  const objection =
    precision !== 'float32' || agrees
      ? null
      : `off by ${maxAbsDiff.toPrecision(2)}, more than ${tolerance} of the largest logit (${largest.toPrecision(3)})`
  return { maxAbsDiff, sameTop, objection }
}

function topOf(values: ArrayLike<number>): number {
  let top = 0
  for (let i = 1; i < values.length; i += 1) if ((values[i] as number) > (values[top] as number)) top = i
  return top
}
