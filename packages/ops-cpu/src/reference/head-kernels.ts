import type { Op } from '@depthwise/core'
import type { Call } from './kernel.ts'
import type { QuantizedCall } from './quantized/kernel.ts'

/** Computes the ops of heads. A part of its own, which is loaded with the first graph that has some. */
export interface HeadKernels {
  /** A node of reals. */
  compute(op: Op, call: Call): void
  /** A node that reads or gives quantized values. */
  computeQuantized(op: Op, call: QuantizedCall): void
}
