import { OptionError } from '@depthwise/core'
import { show } from '@depthwise/core/backend'
import { type SweepOptions, sweep, type Variant } from './sweep.ts'

/** What a network may cost at most, and has to be worth at least. */
export interface Limits {
  /** Foretold for `machine`, which it needs. */
  readonly maxMilliseconds?: number
  readonly maxMacs?: number
  /** Trainable parameters. */
  readonly maxParams?: number
  /** Weights and peak of activations together. */
  readonly maxBytes?: number
  /** Percent. */
  readonly minTop1?: number
}

/** Limits, and among which networks to pick: by default the published ones. */
export interface PickOptions extends Limits, Omit<SweepOptions, 'alphas' | 'resolutions'> {}

/** What `pick` returns. */
export interface Picks {
  /** Every variant within the limits, the most accurate first, among equals the cheapest. */
  readonly picks: readonly Variant[]
  /** Where there is none: the variant that comes nearest, and by what it misses. */
  readonly nearest: Miss | null
}

/** A variant, and the limits it breaks. */
export interface Miss {
  readonly variant: Variant
  readonly broken: readonly (keyof Limits)[]
}

interface Rule {
  readonly limit: keyof Limits
  readonly bound: number
  /** How far beyond the limit, as a ratio; at most 1 is within. */
  readonly excess: (variant: Variant) => number
}

/**
 * Picks networks by what they cost and how good they are.
 *
 * ```ts
 * pick({ build: buildArchitecture, maxMacs: 100e6, minTop1: 60 }).picks[0] // V2, alpha 0.75 at 128, or better
 * ```
 * @throws OptionError for a limit that is no positive number, or for milliseconds without a machine
 */
export function pick(options: PickOptions): Picks {
  const rules = rulesOf(options)
  if (options.maxMilliseconds !== undefined && !options.machine) {
    const expected = 'one that was calibrated, for a limit in milliseconds'
    throw new OptionError({ where: 'option machine', expected, found: 'none' })
  }
  // Whose accuracy nobody published is nobody's pick.
  const variants = sweep(options).filter(variant => variant.top1 !== null)
  const broken = (variant: Variant): readonly Rule[] => rules.filter(rule => rule.excess(variant) > 1)
  const picks = variants.filter(variant => broken(variant).length === 0).toSorted(byWorth)
  if (picks.length > 0) return { picks, nearest: null }
  const worst = (variant: Variant): number => Math.max(...rules.map(rule => rule.excess(variant)))
  const [variant] = variants.toSorted((a, b) => worst(a) - worst(b))
  return { picks, nearest: variant ? { variant, broken: broken(variant).map(rule => rule.limit) } : null }
}

function byWorth(a: Variant, b: Variant): number {
  return (b.top1 ?? 0) - (a.top1 ?? 0) || (a.milliseconds ?? 0) - (b.milliseconds ?? 0) || a.macs - b.macs
}

function rulesOf(limits: Limits): readonly Rule[] {
  const values: { readonly [L in keyof Limits]-?: (variant: Variant) => number } = {
    maxMilliseconds: variant => variant.milliseconds ?? Number.POSITIVE_INFINITY,
    maxMacs: variant => variant.macs,
    maxParams: variant => variant.params,
    maxBytes: variant => variant.weightBytes + variant.peakBytes,
    minTop1: variant => variant.top1 ?? 0,
  }
  return Object.entries(values).flatMap(([name, value]): readonly Rule[] => {
    const limit = name as keyof Limits
    const bound = limits[limit]
    if (bound === undefined) return []
    if (typeof bound !== 'number' || !(bound > 0)) {
      throw new OptionError({ where: `option ${limit}`, expected: 'a number above 0', found: show(bound) })
    }
    return [
      { limit, bound, excess: variant => (limit === 'minTop1' ? bound / value(variant) : value(variant) / bound) },
    ]
  })
}
