import type { Backend, Crop, Normalization, Size2 } from '@depthwise/core'
import { backendsFor } from './backends.ts'
import { inputOf } from './checkpoint/ends.ts'
import { type Checkpoint, loadCheckpoint } from './checkpoint/load.ts'
import { type ResolvedPreprocessing, resolvePreprocessing } from './preprocessing.ts'

/** What every command that feeds pictures to a network takes. */
export interface PictureOptions {
  readonly checkpoint: readonly string[]
  readonly backend: string
  readonly crop?: Crop
  readonly normalize?: Normalization
  readonly resolution?: Size2
  readonly json?: boolean
}

export interface PictureNetwork {
  readonly checkpoint: Checkpoint
  readonly backends: readonly Backend[]
  readonly resolved: ResolvedPreprocessing
}

/**
 * Finds what the options name: the network, where it is to run, and how it wants its pictures.
 * @throws OptionError, or what `loadCheckpoint` throws
 */
export async function openNetwork(options: PictureOptions): Promise<PictureNetwork> {
  const { crop, normalize: normalization } = options
  const backends = await backendsFor(options.backend)
  const checkpoint = await loadCheckpoint(options.checkpoint, { size: options.resolution })
  const resolved = resolvePreprocessing([
    { ...(crop && { crop }), ...(normalization && { normalization }) },
    // A graph that takes bytes normalises them itself.
    inputOf(checkpoint.model.graph).dtype === 'uint8' ? { normalization: 'raw' } : undefined,
    checkpoint.model.metadata.preprocessing,
  ])
  return { checkpoint, backends, resolved }
}
