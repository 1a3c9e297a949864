import { type Backend, type Crop, type Normalization, OptionError, type Preprocessing } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import type { ArithmeticName } from '@depthwise/formats'
import type { ImageOptions as LibraryOptions } from '@depthwise/models'
import { backendsFor, type Threads } from './backends.ts'
import { type Checkpoint, loadCheckpoint } from './checkpoint/load.ts'
import { usualNetwork } from './checkpoint/usual.ts'
import { preprocessingOf, type ResolvedPreprocessing } from './preprocessing.ts'
import type { Terminal } from './terminal.ts'

/** What every command takes that runs a network on images. */
export interface ImageOptions {
  /** Default: the published V2 1.0 at 224, if it is in the cache. */
  readonly checkpoint?: readonly string[]
  readonly backend: string
  readonly threads?: Threads
  readonly crop?: Crop
  readonly normalize?: Normalization
  readonly resolution?: Size2
  readonly arithmetic?: ArithmeticName
  readonly json?: boolean
  readonly csv?: boolean
}

/** How a network takes images; `prepare` makes the image that crops such as `drawing` ask for. */
export type ImagePreparation = Pick<LibraryOptions, 'preprocessing' | 'prepare'> & {
  readonly preprocessing: Preprocessing
}

export interface ImageNetwork {
  readonly checkpoint: Checkpoint
  readonly backends: readonly Backend[]
  readonly resolved: ResolvedPreprocessing
}

/**
 * Finds what the options name: the network, where it runs, and how it takes images.
 * @throws OptionError, or what `loadCheckpoint` throws
 */
export async function openNetwork(options: ImageOptions, terminal: Terminal): Promise<ImageNetwork> {
  const backends = await backendsFor(options.backend, options.threads)
  const paths = options.checkpoint ?? [await usualNetwork(terminal)]
  const checkpoint = await loadCheckpoint(paths, { size: options.resolution, arithmetic: options.arithmetic }, terminal)
  return { checkpoint, backends, resolved: preprocessingOf(checkpoint.model, options) }
}

/** Loads what finds strokes, or keeps proportions, only for networks that need it. */
export async function preparationOf(preprocessing: Preprocessing): Promise<ImagePreparation> {
  if (preprocessing.crop === 'letterbox') {
    const { letterbox } = await import('@depthwise/models/heads')
    return { preprocessing, prepare: (image, size) => letterbox(image, size, preprocessing.resampling) }
  }
  if (preprocessing.crop !== 'drawing') return { preprocessing }
  const { isolateDrawing } = await import('@depthwise/models/drawing')
  return { preprocessing, prepare: isolateDrawing }
}

/**
 * How many images are worked on at once. Threads share the work of one image and jobs share images, so only one of both is used.
 * @throws OptionError for both
 */
export function jobsBeside(threads: number, jobs: number | 'auto'): number | 'auto' {
  if (threads === 1 || jobs === 1) return jobs
  if (jobs === 'auto') return 1
  const expected = '1 or to be left out with --threads: threads share the work of one image, jobs share images'
  throw new OptionError({ where: 'option --jobs', expected, found: `${jobs} with ${threads} threads` })
}
