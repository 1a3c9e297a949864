import type { Model } from '@depthwise/core'

/** One file or folder, as it was read. */
export interface Part {
  readonly path: string
  readonly model: Model
  /** Of the bytes; of a folder see `sha256OfFolder`. */
  readonly sha256: string
  /** Bytes read from disk. */
  readonly size: number
}
