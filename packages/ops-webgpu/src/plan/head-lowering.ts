import type { Network } from '@depthwise/core'
import type { Launch, LoweringContext } from './rules.ts'

/** How ops of heads are computed: what the plan knows of `../heads`. */
export interface HeadLowering {
  /** Rewrites a network before the passes. */
  prepare(network: Network): Network
  /** The launches that compute one such node of reals, or a constant of any elements, in order. */
  launches(context: LoweringContext): readonly Launch[]
}
