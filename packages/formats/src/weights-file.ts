import type { Params } from '@depthwise/core'

/** What readers of bare weights return: tensors by the names and in the layout of the file. */
export interface WeightsFile {
  readonly tensors: Params
}
