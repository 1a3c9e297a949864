import type { Checkpoint } from 'depthwise/checkpoint'

/** One file or folder, as it was read. */
export interface Part extends Checkpoint {
  readonly path: string
}
