import { OptionError } from '@depthwise/core'
import { checkTop, type Prediction, topPredictions } from './top.ts'

/**
 * Classes by their names: whole labels, or one of the names that a label lists with commas between them, as ImageNet's do. A
 * name that several classes have means all of them.
 * @returns their indices, ascending, each once
 * @throws OptionError for a name that no class has, or for none at all
 */
export function classesNamed(names: readonly string[], labels: readonly string[]): readonly number[] {
  const indices = new Set<number>()
  for (const name of names) {
    const exact = labels.flatMap((label, index) => (label === name ? [index] : []))
    const found = exact.length > 0 ? exact : labels.flatMap((label, index) => (isOneOf(name, label) ? [index] : []))
    if (found.length === 0) {
      const expected =
        labels.length <= 60 ? `labels out of ${labels.join(', ')}` : `some of the ${labels.length} labels`
      throw new OptionError({ where: 'option among', expected, found: `"${name}"` })
    }
    for (const index of found) indices.add(index)
  }
  if (indices.size === 0)
    throw new OptionError({ where: 'option among', expected: 'at least one label', found: 'none' })
  return [...indices].sort((a, b) => a - b)
}

/**
 * The most probable of some classes, best first, when it is known that it is one of them: probabilities are those of all
 * classes, scaled to sum to one over these. Where all of these are 0, so they stay.
 * @param among indices of classes, as `classesNamed` gives them
 * @throws OptionError unless `count` is a positive integer
 */
export function topAmong(
  probabilities: ArrayLike<number>,
  among: readonly number[],
  count: number,
  labels: readonly string[] = [],
): readonly Prediction[] {
  checkTop(count)
  const sum = among.reduce((total, index) => total + (probabilities[index] ?? 0), 0)
  const scale = sum > 0 ? 1 / sum : 0
  const shares = among.map(index => (probabilities[index] ?? 0) * scale)
  return topPredictions(shares, count).map(({ index: place, probability }) => {
    const index = among[place] as number
    return { index, label: labels[index] ?? `class ${index}`, probability }
  })
}

const isOneOf = (name: string, label: string): boolean => label.split(',').some(each => each.trim() === name)
