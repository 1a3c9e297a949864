import { OptionError } from '@depthwise/core'
import { show } from '@depthwise/core/backend'

/** How far two values of a number may be apart; whichever bound is widest counts. NaN and infinities must be the same. */
export interface Tolerance {
  /** Share of the largest finite magnitude that the reference has in the same value. */
  readonly ofLargest: number
  /** In the value's own unit. Default 0. */
  readonly absolute?: number
  /** Float32 numbers from one to the other. Default 0. */
  readonly ulps?: number
}

/** What float32 sums in another order need in the deepest MobileNet, and a real fault in any of them exceeds. */
export const defaultTolerance: Tolerance = { ofLargest: 1e-4 }

/**
 * Options as callers give them: one number is a share of the layer's largest value.
 * @throws OptionError for a bound that is negative or no number
 */
export function resolveTolerance(given: number | Tolerance = defaultTolerance): Tolerance {
  const tolerance: Tolerance = typeof given === 'number' ? { ofLargest: given } : given
  const { ofLargest, absolute = 0, ulps = 0 } = tolerance
  for (const [name, value] of Object.entries({ ofLargest, absolute, ulps })) {
    if (typeof value !== 'number' || !(value >= 0)) {
      throw new OptionError({
        where: `option tolerance.${name}`,
        expected: 'a number of at least 0',
        found: show(value),
      })
    }
  }
  return { ofLargest, absolute, ulps }
}
