import { FormatError } from '@depthwise/core'
import type { Scheme } from './namings.ts'

/** From `least` to below `beyond`. */
interface Interval {
  readonly min: number
  readonly beyond: number
}

/** Channels of a layer, at alpha 1 and in a file. */
export interface Width {
  readonly channels: number
  readonly found: number
  /** Whether alpha only widens it. */
  readonly whole: boolean
}

/** Width multipliers that weights have been published for (V1 and V2 papers, torchvision, timm). */
const published = [1, 0.75, 0.5, 0.35, 0.25, 0.1, 1.1, 1.2, 1.25, 1.3, 1.4]

/**
 * The width multiplier that made these widths. All that lie in one interval make the same ones, so any of them will do: a
 * published one where there is one, else the one with the fewest digits.
 * @throws FormatError when no multiplier makes all of them
 */
export function alphaOf(widths: readonly Width[], { network, preset }: Scheme): number {
  const rule = network === 'mobilenet_v1' && preset !== 'torch' ? truncated : preset === 'keras' ? cut : divisible
  let [min, beyond] = [0, Infinity]
  for (const { channels, found, whole } of widths) {
    const values = whole ? divisible(found) : rule(found)
    min = Math.max(min, whole && found === channels ? 0 : values.min / channels)
    beyond = Math.min(beyond, values.beyond / channels)
  }
  const fits = (alpha: number): boolean => alpha >= min && alpha < beyond
  const middle = (min + beyond) / 2
  const digits = [0, 1, 2, 3, 4, 5, 6].map(count => Number(middle.toFixed(count)))
  const alpha = [...published, ...digits].find(candidate => candidate > 0 && fits(candidate))
  if (alpha !== undefined) return alpha
  const found = widths.map(width => width.found).join(', ')
  throw new FormatError({ where: 'widths of the layers', expected: `those of a ${network}`, found })
}

/** What is cut to an integer, and held to at least 8 by slim, is that integer and a fraction. */
function truncated(found: number): Interval {
  return { min: found === 8 ? 0 : found, beyond: found + 1 }
}

/**
 * What `makeDivisible` rounds to a multiple of 8: the nearest values, without those over it by more than a ninth, which went
 * up, and with those that came up for that reason.
 */
function divisible(found: number): Interval {
  const min = found === 8 ? 0 : Math.min(found - 4, (found - 8) / 0.9)
  return { min, beyond: Math.min(found + 4, found / 0.9) }
}

/** Keras cuts V2's products to integers before it rounds them. */
function cut(found: number): Interval {
  const { min, beyond } = divisible(found)
  return { min: Math.ceil(min), beyond: Math.ceil(beyond) }
}
