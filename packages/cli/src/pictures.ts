import type { Backend, Crop, Normalization, Preprocessing, Size2 } from '@depthwise/core'
import type { PictureOptions as LibraryOptions } from '@depthwise/models'
import { backendsFor } from './backends.ts'
import { type Checkpoint, loadCheckpoint } from './checkpoint/load.ts'
import { preprocessingOf, type ResolvedPreprocessing } from './preprocessing.ts'
import type { Terminal } from './terminal.ts'

/** What every command that feeds pictures to a network takes. */
export interface PictureOptions {
  readonly checkpoint: readonly string[]
  readonly backend: string
  readonly crop?: Crop
  readonly normalize?: Normalization
  readonly resolution?: Size2
  readonly json?: boolean
}

type Sight = Pick<LibraryOptions, 'preprocessing' | 'prepare'>

export interface PictureNetwork {
  readonly checkpoint: Checkpoint
  readonly backends: readonly Backend[]
  readonly resolved: ResolvedPreprocessing
  /** What classifiers and embedders are told about pictures. */
  readonly sight: Sight
}

/**
 * Finds what the options name: the network, where it is to run, and how it wants its pictures.
 * @throws OptionError, or what `loadCheckpoint` throws
 */
export async function openNetwork(options: PictureOptions, terminal: Terminal): Promise<PictureNetwork> {
  const backends = await backendsFor(options.backend)
  const checkpoint = await loadCheckpoint(options.checkpoint, { size: options.resolution }, terminal)
  const resolved = preprocessingOf(checkpoint.model, options)
  return { checkpoint, backends, resolved, sight: await sightOf(resolved.preprocessing) }
}

/** Drawings are looked for by a part of their own, which photos do not need. */
export async function sightOf(preprocessing: Preprocessing): Promise<Sight> {
  if (preprocessing.crop !== 'drawing') return { preprocessing }
  const { isolateDrawing } = await import('@depthwise/models/drawing')
  return { preprocessing, prepare: isolateDrawing }
}
