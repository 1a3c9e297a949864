import type { Crop, Model, Normalization, Preprocessing, Resampling } from '@depthwise/core'
import type { Authority, StatedPreprocessing } from './checkpoint/origin.ts'

/**
 * Who settled one part of the preprocessing. `graph`: a network that takes bytes normalises them itself. `architecture`: how networks
 * of its kind are usually trained, a guess too.
 */
export type SettledBy = 'options' | 'graph' | Authority | 'architecture' | 'guess'

/** How images become a network's input, and who says so. */
export interface SettledPreprocessing {
  readonly preprocessing: Preprocessing
  readonly by: { readonly [F in keyof Preprocessing]: SettledBy }
}

/** What each crop is resampled with where nothing else is stated: TensorFlow slim does without antialiasing. */
const resamplingOf = (crop: Crop): Resampling => ({ filter: 'bilinear', antialias: crop !== 'slim' })

/**
 * Settles crop, resampling and normalization, each by the first that states it: the caller, the graph, the file, what is known
 * of the file. What none states is a guess: what is usual of its architecture, else the whole image squeezed, values in [-1, 1].
 * Whoever states a crop but no resampling means the one that goes with the crop.
 * @param usual of networks of its kind, as `headSetupOf` finds it
 */
export function settlePreprocessing(
  { graph, metadata }: Model,
  given: Partial<Preprocessing> = {},
  stated: StatedPreprocessing = metadata.preprocessing ? { file: metadata.preprocessing } : {},
  usual?: Partial<Preprocessing>,
): SettledPreprocessing {
  const input = graph.nodes.find(node => graph.inputs.includes(node.id))
  const sources: readonly (readonly [SettledBy, Partial<Preprocessing> | undefined])[] = [
    ['options', given],
    [
      'graph',
      input?.dtype === 'uint8' && !input.quantization ? { normalization: ofBytes(metadata.preprocessing) } : undefined,
    ],
    ['file', stated.file],
    ['known file', stated['known file']],
    ['download', stated.download],
    ['architecture', usual],
    ['guess', { crop: 'squeeze', normalization: 'signed' }],
  ]
  const first = <F extends keyof Preprocessing>(field: F) => sources.find(([, source]) => source?.[field] !== undefined)
  const [cropBy, withCrop] = first('crop') ?? ['guess', undefined]
  const [normalizationBy, withNormalization] = first('normalization') ?? ['guess', undefined]
  const [resamplingBy, withResampling] = (cropBy === 'guess' ? first('resampling') : undefined) ?? [cropBy, withCrop]
  const crop = withCrop?.crop ?? 'squeeze'
  const normalization = withNormalization?.normalization ?? 'signed'
  return {
    preprocessing: { crop, resampling: withResampling?.resampling ?? resamplingOf(crop), normalization },
    by: { crop: cropBy, resampling: resamplingBy, normalization: normalizationBy },
  }
}

/** A graph that takes bytes normalises them itself, but not their order. */
function ofBytes(stated: Partial<Preprocessing> | undefined): Normalization {
  const normalization = stated?.normalization
  const isReversed = typeof normalization === 'object' && normalization.order === 'bgr'
  return isReversed ? { mean: 0, std: 1, order: 'bgr' } : 'raw'
}
