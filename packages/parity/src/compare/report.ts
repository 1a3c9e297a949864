import type { Node, NodeId, Shape } from '@depthwise/core'
import { describeOp } from '@depthwise/core/backend'
import type { Reproduction } from '../reproduction/reproduction.ts'
import type { Difference } from './difference.ts'
import type { Tolerance } from './tolerance.ts'
import type { TopAgreement } from './top.ts'

/** A node as reports name it. */
export interface NodeSummary {
  readonly id: NodeId
  readonly name: string
  /** As `describeOp` says it. */
  readonly op: string
  readonly shape: Shape
}

/** How one node's values differ, in the run where they differ most. */
export interface NodeParity extends NodeSummary, Difference {
  /** Index of that run. */
  readonly run: number
  readonly within: boolean
  /** Of quantized values: the largest difference in steps of their scale, which is that of the stored integers. */
  readonly steps?: number
}

/** The first node beyond the tolerance. */
export interface Divergence {
  readonly node: NodeParity
  /**
   * Whether it shows only while nothing but the outputs is exposed: memory that is reused too early, or a fused kernel that
   * exposing takes apart. Such a node was found by cutting the graph off behind it.
   */
  readonly hidden: boolean
  /** The smallest part of the graph that was found to fail with these values; null where none was asked for. */
  readonly reproduction: Reproduction | null
}

/** Whether two backends agree, and where they first do not. */
export interface ParityReport {
  /** Names of the backends. */
  readonly reference: string
  readonly candidate: string
  readonly tolerance: Tolerance
  /** Whether every compared node was within the tolerance, and so were the outputs when nothing else was exposed. */
  readonly ok: boolean
  /** Runs compared, repetitions included. */
  readonly runs: number
  /** Compared nodes in the graph's order. */
  readonly nodes: readonly NodeParity[]
  /** Nodes that the candidate fused away, in the graph's order. */
  readonly unseen: readonly NodeSummary[]
  readonly first: Divergence | null
  /** For every output of `[images, classes]`. */
  readonly top: readonly TopAgreement[]
}

export function summaryOf({ id, name, op, shape }: Node): NodeSummary {
  return { id, name, op: describeOp(op), shape }
}
