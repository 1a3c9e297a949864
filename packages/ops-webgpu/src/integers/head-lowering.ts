import type { Launch } from '../plan/rules.ts'
import type { IntegerContext } from './site.ts'

/** How quantized ops of heads are computed. A part of its own, which graphs load that have such ops. */
export interface HeadIntegerLowering {
  /** The launches that compute one such node, in order. */
  launches(context: IntegerContext): readonly Launch[]
}
