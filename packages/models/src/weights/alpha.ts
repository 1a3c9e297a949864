import { FormatError } from '@depthwise/core'
import type { WidthRule } from '../networks/widths.ts'

/** Channels of a layer at alpha 1 and in a file, and the rule between them. */
export interface FoundWidth {
  readonly channels: number
  readonly rule: WidthRule
  readonly found: number
}

/** Width multipliers that weights have been published for (V1 and V2 papers, torchvision, timm). */
const published = [1, 0.75, 0.5, 0.35, 0.25, 0.1, 1.1, 1.2, 1.25, 1.3, 1.4]

/**
 * The width multiplier that made these widths. All that lie in one interval make the same ones, so any of them will do: a
 * published one where there is one, else the one with the fewest digits.
 * @throws FormatError when no multiplier makes all of them
 */
export function alphaOf(widths: readonly FoundWidth[], network: string): number {
  const fits = (alpha: number): boolean =>
    alpha > 0 && widths.every(({ channels, rule, found }) => rule(channels, alpha) === found)
  const alpha = published.find(fits) ?? shortest(widths).find(fits)
  if (alpha !== undefined) return alpha
  const found = widths.map(width => width.found).join(', ')
  throw new FormatError({ where: 'widths of the layers', expected: `those of a ${network}`, found })
}

/** Multipliers in the middle of the interval that makes all widths, the one with the fewest digits first. */
function shortest(widths: readonly FoundWidth[]): readonly number[] {
  const [min, beyond] = [
    Math.max(...widths.map(width => firstAlpha(width, width.found))),
    Math.min(...widths.map(width => firstAlpha(width, width.found + 1))),
  ]
  const middle = (min + beyond) / 2
  return [0, 1, 2, 3, 4, 5, 6].map(digits => Number(middle.toFixed(digits)))
}

/** The least multiplier that makes so many channels or more, found by halving: rules never make fewer at a larger alpha. */
function firstAlpha({ channels, rule }: FoundWidth, atLeast: number): number {
  // Every rule is within 8 and a ninth of the plain product.
  let [low, high] = [0, (2 * atLeast + 16) / channels]
  for (let step = 0; step < 64; step += 1) {
    const middle = (low + high) / 2
    if (rule(channels, middle) >= atLeast) high = middle
    else low = middle
  }
  return high
}
