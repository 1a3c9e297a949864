import type { Network } from '@depthwise/core'
import type { OpOf } from '@depthwise/core/backend'
import type { InstructionSet } from '../assembler/row.ts'
import type { Lowered } from './lowering.ts'
import type { ShapedSite } from './shaped.ts'

/** Lowers the ops of heads. A part of its own, since pages that classify load none. */
export interface HeadLowering {
  /** A set of instructions, by default that of all kernels, and those of heads. */
  instructions(set?: InstructionSet): InstructionSet
  /** Rewrites a network before the passes. */
  prepare(network: Network): Network
  /** A constant of reals, or of bytes, which may lie in memory with their top bit flipped. */
  constant(site: ShapedSite, op: OpOf<'constant'>, flipped: boolean): Lowered
  /** A node that computes reals from reals. */
  lower(site: ShapedSite): Lowered
}
