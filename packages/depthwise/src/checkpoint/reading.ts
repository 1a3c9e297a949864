import type { Model } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'

/** A network, and what had to be assumed to build it. */
export interface Reading {
  readonly model: Model
  /** Rows and columns of the input, where neither file nor caller states them. */
  readonly assumedSize?: Size2
}
