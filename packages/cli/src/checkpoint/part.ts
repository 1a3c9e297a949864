import type { Model } from '@depthwise/core'

/** One file or folder, as it was read. */
export interface Part {
  readonly path: string
  /** With what is known of the file besides, where it does not say so itself. */
  readonly model: Model
  /** Of the file; of a folder, of the JSON file that lists the others. */
  readonly sha256: string
  /** Bytes read from disk. */
  readonly size: number
}
