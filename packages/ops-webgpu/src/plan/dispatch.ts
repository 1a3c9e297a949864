import type { NodeId } from '@depthwise/core'
import type { Kernel } from '../kernels/kernel.ts'
import type { Packed } from './params.ts'

/** One launch of a kernel: the values it reads, its parameters, the value it writes, bound in this order. */
export interface Dispatch {
  readonly kernel: Kernel
  readonly reads: readonly NodeId[]
  readonly params: Packed | null
  readonly writes: NodeId
  /** Multiply-accumulates, where it is a product; else 0. */
  readonly macs: number
}
