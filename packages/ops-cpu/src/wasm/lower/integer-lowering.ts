import type { ElementType, Graph, Node, Params } from '@depthwise/core'
import type { InstructionSet } from '../assembler/row.ts'
import type { Group } from '../plan/schedule.ts'
import type { Lowered } from './lowering.ts'
import type { ShapedSite } from './shaped.ts'

/** Lowers quantized nodes. A part of its own, since most pages load no such graph. */
export interface IntegerLowering {
  /** How it multiplies, in words. */
  readonly name: string
  /** What its kernels use beside the instructions of the others. */
  readonly instructions: InstructionSet
  /** Whether values of this element type lie in memory with the top bit of every byte flipped. */
  flips(elements: ElementType): boolean
  /** Rewrites a graph before it is scheduled. */
  prepare(graph: Graph): Graph
  /** @throws UnsupportedOpError naming the node */
  lower(group: Group, site: ShapedSite, operands: readonly Node[], params: Params): Lowered
}
