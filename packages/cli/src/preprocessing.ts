import type { Crop, CropName, Model, Normalization, Preprocessing, Resampling } from '@depthwise/core'
import { inputOf } from './checkpoint/ends.ts'
import type { Terminal } from './terminal.ts'

/** What each crop is resampled with by those who use it: TensorFlow slim, torchvision, Pillow's plain `resize`, and ours. */
const resamplings: Readonly<Record<CropName, Resampling>> = {
  slim: { filter: 'bilinear', antialias: false },
  torch: { filter: 'bilinear', antialias: true },
  squeeze: { filter: 'bilinear', antialias: true },
  drawing: { filter: 'bilinear', antialias: true },
}

const resamplingOf = (crop: Crop): Resampling =>
  typeof crop === 'string' ? resamplings[crop] : { filter: 'bilinear', antialias: true }

export interface ResolvedPreprocessing {
  readonly preprocessing: Preprocessing
  /** What nobody said and was therefore assumed, in words; empty when everything was known. */
  readonly assumed: readonly string[]
}

/**
 * Settles crop, resampling and normalisation, each by the first source that states it: sources come in order of
 * authority (the caller, the file, the table of known checkpoints). What none states is assumed: the whole picture
 * squeezed, [-1, 1]. A source that states a crop but no resampling means the one that goes with the crop.
 */
export function resolvePreprocessing(sources: readonly (Partial<Preprocessing> | undefined)[]): ResolvedPreprocessing {
  const stated = <K extends keyof Preprocessing>(field: K): Preprocessing[K] | undefined =>
    sources.find(source => source?.[field] !== undefined)?.[field]
  const crop = stated('crop') ?? 'squeeze'
  const normalization = stated('normalization') ?? 'signed'
  const withCrop = sources.find(source => source?.crop !== undefined)
  const resampling = withCrop ? withCrop.resampling : stated('resampling')
  const antialiased = stated('resampling') === undefined ? ', bilinear with antialias' : ''
  const assumed = [
    ...(stated('crop') === undefined ? [`the whole image squeezed${antialiased} (--crop)`] : []),
    ...(stated('normalization') === undefined ? ['pixels in [-1, 1] (--normalize)'] : []),
  ]
  return { preprocessing: { crop, resampling: resampling ?? resamplingOf(crop), normalization }, assumed }
}

/** A crop in a few words, for people. */
export const cropText = (crop: Crop): string => (typeof crop === 'string' ? crop : `centre ${crop.fraction}`)

/** A normalization in a few words, for people. */
export function normalizationText(normalization: Normalization): string {
  if (typeof normalization === 'string') return normalization
  const { mean, std, order } = normalization
  return `(byte - ${mean}) / ${std}${order === 'bgr' ? ', blue first' : ''}`
}

/** How a model wants its pictures, by what was asked for, by its graph and by its file. */
export function preprocessingOf(
  { graph, metadata }: Model,
  { crop, normalize: normalization }: { readonly crop?: Crop; readonly normalize?: Normalization },
): ResolvedPreprocessing {
  return resolvePreprocessing([
    { ...(crop && { crop }), ...(normalization && { normalization }) },
    inputOf(graph).dtype === 'uint8' ? { normalization: ofBytes(metadata) } : undefined,
    metadata.preprocessing,
  ])
}

/** A graph that takes bytes normalises them itself, but not their order. */
function ofBytes({ preprocessing }: Model['metadata']): Normalization {
  const stated = preprocessing?.normalization
  const reversed = typeof stated === 'object' && stated.order === 'bgr'
  return reversed ? { mean: 0, std: 1, order: 'bgr' } : 'raw'
}

/** Says what was assumed about the pictures: a wrong guess costs accuracy and nothing else would tell. */
export function notePreprocessing({ assumed }: ResolvedPreprocessing, terminal: Terminal): void {
  if (assumed.length === 0) return
  terminal.note(`assuming ${assumed.join(' and ')}: the checkpoint does not state it`)
}
