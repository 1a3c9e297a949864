import type { InstructionSet } from '../assembler/row.ts'
import type { Lowered } from './lowering.ts'
import type { ShapedSite } from './shaped.ts'

/** Lowers the ops of heads. A part of its own, since pages that classify load none. */
export interface HeadLowering {
  /** A set of instructions, by default that of all kernels, and those of heads. */
  instructions(set?: InstructionSet): InstructionSet
  /** A node that computes reals from reals. */
  lower(site: ShapedSite): Lowered
}
