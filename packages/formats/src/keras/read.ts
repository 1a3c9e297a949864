import type { Model, Shape } from '@depthwise/core'
import { kindOf, refuse } from '../identify/index.ts'
import type { WeightsFile } from '../weights-file.ts'
import { parseArchitecture } from './architecture.ts'
import { type KerasFile, openKerasFile } from './files.ts'

/** What a file of Keras may leave unsaid. */
export interface ReadKerasOptions {
  /** `[height, width, channels]` of the input, for models that leave it open. */
  readonly inputShape?: Shape
  /**
   * The network of bare weights: what `model.to_json()` gives, as text, as the bytes of its file, or parsed. Where the weights
   * come with a network of their own, this one is used instead.
   */
  readonly architecture?: string | Uint8Array | object
}

/** Reads a file of Keras. `readKeras` says what comes out, and what is thrown. */
export function readKerasFile(bytes: Uint8Array, { architecture, inputShape }: ReadKerasOptions): Model {
  const config = architecture === undefined ? undefined : parseArchitecture(architecture)
  return open(bytes).model({ architecture: config, inputShape })
}

export function readKerasWeightsOf(bytes: Uint8Array): WeightsFile {
  return { tensors: open(bytes).tensors() }
}

export function hasKerasModelIn(bytes: Uint8Array): boolean {
  return open(bytes).hasModel
}

function open(bytes: Uint8Array): KerasFile {
  const format = kindOf(bytes)?.format
  if (format !== 'hdf5' && format !== 'keras') refuse(bytes, 'keras', 'a file of Keras (.keras, .h5)')
  return openKerasFile(bytes, format)
}
