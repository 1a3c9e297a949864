import type { InstructionSet } from '../assembler/row.ts'
import type { Lowered } from '../lower/lowering.ts'
import type { IntegerSite } from './lower/site.ts'

/** Lowers quantized ops of heads. A part of its own, which graphs load that have such ops. */
export interface HeadIntegerLowering {
  /** A set of instructions and those of heads. */
  instructions(set: InstructionSet): InstructionSet
  /** A node that reads or gives quantized values. */
  lower(site: IntegerSite): Lowered
}
