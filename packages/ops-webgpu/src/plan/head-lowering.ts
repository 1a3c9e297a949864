import type { Launch, LoweringContext } from './rules.ts'

/** How ops of heads are computed: what the plan knows of `../heads`. */
export interface HeadLowering {
  /** The launches that compute one such node of reals, in order. */
  launches(context: LoweringContext): readonly Launch[]
}
