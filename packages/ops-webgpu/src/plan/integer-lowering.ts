import type { Node } from '@depthwise/core'
import type { Launch, LoweringContext } from './rules.ts'

/** How nodes that read or give quantized values are computed: what the plan knows of `../integers`. */
export interface IntegerLowering {
  /** Whether a node stores the bytes of its operand, so that it takes no launch. */
  renames(node: Node, operand: Node): boolean
  /** The launches that compute one such node, in order. */
  launches(context: LoweringContext): readonly Launch[]
}
