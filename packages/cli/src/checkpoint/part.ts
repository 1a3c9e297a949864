import type { Model, Size2 } from '@depthwise/core'

/** A network, and what had to be assumed to build it. */
export interface Reading {
  readonly model: Model
  /** Rows and columns of the input, where neither file nor caller states them. */
  readonly assumedSize?: Size2
  /** Bytes read from files beside the one that was named. */
  readonly besides?: number
}

/** One file or folder, as it was read. `model` includes what is known of the file besides, where it does not say so itself. */
export interface Part extends Reading {
  readonly path: string
  /** Of the file; of a folder, of the JSON file that lists the others. */
  readonly sha256: string
  /** Bytes read from disk. */
  readonly size: number
}
