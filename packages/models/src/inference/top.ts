import { OptionError } from '@depthwise/core'

/** One answer of a classifier. */
export interface Prediction {
  /** Of the class, from 0. */
  readonly index: number
  readonly label: string
  readonly probability: number
}

/**
 * The most probable classes, best first; equals in the order of their indices, NaN last.
 * @param labels by index; a class without one is called `class 7`
 * @throws OptionError unless `count` is a positive integer; one above the number of classes means all
 */
export function topPredictions(
  probabilities: ArrayLike<number>,
  count: number,
  labels: readonly string[] = [],
): readonly Prediction[] {
  checkTop(count)
  const rank = (index: number): number => {
    const probability = probabilities[index] as number
    return Number.isNaN(probability) ? -Infinity : probability
  }
  return Array.from(probabilities, (_, index) => index)
    .sort((a, b) => (rank(a) === rank(b) ? a - b : rank(b) - rank(a)))
    .slice(0, count)
    .map(index => ({
      index,
      label: labels[index] ?? `class ${index}`,
      probability: probabilities[index] as number,
    }))
}

/** @throws OptionError unless `top` is a positive integer */
export function checkTop(top: number): void {
  if (Number.isInteger(top) && top > 0) return
  throw new OptionError({ where: 'option top', expected: 'a positive integer', found: `${top}` })
}
