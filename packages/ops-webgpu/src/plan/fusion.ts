import type { Graph, Node } from '@depthwise/core'
import type { Group } from './groups.ts'
import type { Layout } from './layout.ts'
import type { Launch, LoweringContext } from './rules.ts'

/**
 * A fusion that is no part of the backend until it is passed in (`webgpu({ fuse })`), since most networks do not gain by it
 * and every page would load it. What there is: `separable` of `@depthwise/ops-webgpu/separable`.
 */
export interface Fusion {
  /** What it makes one launch of. */
  readonly fuses: string
}

/** A fusion of two groups, as the plan sees it. */
export interface PairFusion extends Fusion {
  /** The groups, those merged that one launch can compute: `first` of a merged one is the group its head reads. */
  merge(groups: readonly Group[], graph: Graph): readonly Group[]
  /** `context` is the head's, `first` the head of the group before, whose only operand lies as `input` says. */
  launch(context: LoweringContext, first: Node, input: Layout): Launch
}
