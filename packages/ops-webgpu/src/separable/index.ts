import type { Fusion, PairFusion } from '../plan/fusion.ts'
import { launch } from './launch.ts'
import { merge } from './merge.ts'

export type { Fusion } from '../plan/fusion.ts'

const fusion: PairFusion = { fuses: 'depthwise + pointwise', merge, launch }

/**
 * A depthwise convolution and the pointwise one that reads it, in one dispatch: V1's block, and the second half of V2's. What
 * lies between never leaves workgroup memory, which saves a dispatch and two passes over memory a block, and costs barriers.
 * Off unless it is passed in, `webgpu({ fuse: separable })`, or `tune` finds that it pays. Its tile is `separable`.
 */
export const separable: Fusion = fusion
