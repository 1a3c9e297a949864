import type { Crop, Model, Normalization, Preprocessing } from '@depthwise/core'
import { settlePreprocessing } from 'depthwise/checkpoint'
import type { Terminal } from './terminal.ts'

/** How a network takes images, and how much of it is assumed. */
export interface ResolvedPreprocessing {
  readonly preprocessing: Preprocessing
  /** What is not stated and was therefore assumed, in words; empty when everything is known. */
  readonly assumed: readonly string[]
}

/** A crop in a few words, for people. */
export const cropText = (crop: Crop): string => (typeof crop === 'string' ? crop : `centre ${crop.fraction}`)

/** A normalization in a few words, for people. */
export function normalizationText(normalization: Normalization): string {
  if (typeof normalization === 'string') return normalization
  const { mean, std, order } = normalization
  return `(byte - ${mean}) / ${std}${order === 'bgr' ? ', blue first' : ''}`
}

/** How a model takes images, by what was asked for, by its graph and its file, and as is `usual` of networks of its kind. */
export function preprocessingOf(
  model: Model,
  { crop, normalize: normalization }: { readonly crop?: Crop; readonly normalize?: Normalization },
  usual?: Partial<Preprocessing>,
): ResolvedPreprocessing {
  const given = { ...(crop && { crop }), ...(normalization && { normalization }) }
  const { preprocessing, by } = settlePreprocessing(model, given, undefined, usual)
  const antialiased = by.resampling === 'guess' ? ', bilinear with antialias' : ''
  const assumed = [
    ...(by.crop === 'guess' ? [`the whole image squeezed${antialiased} (--crop)`] : []),
    ...(by.normalization === 'guess' ? ['pixels in [-1, 1] (--normalize)'] : []),
    ...(by.crop === 'architecture' ? [`--crop ${cropText(preprocessing.crop)}`] : []),
    ...(by.normalization === 'architecture' ? [`--normalize ${normalizationText(preprocessing.normalization)}`] : []),
  ]
  return { preprocessing, assumed }
}

/** Says what was assumed about images: a wrong guess costs accuracy, and nothing else would show it. */
export function notePreprocessing({ assumed }: ResolvedPreprocessing, terminal: Terminal): void {
  if (assumed.length === 0) return
  terminal.note(`assuming ${assumed.join(' and ')}: the checkpoint does not state it`)
}
