import type { Metadata, Preprocessing } from '@depthwise/core'
import { presets } from '../networks/presets.ts'

/** How images are prepared for a network, and how much of it is a guess. */
export interface SettledPreprocessing {
  readonly preprocessing: Preprocessing
  /** The fields that neither the caller nor the network's file named. */
  readonly assumed: readonly (keyof Preprocessing)[]
}

/**
 * Settles each field from the caller, else from what the file says of itself, else as Keras does it: the whole image
 * squeezed, antialiased, to [-1, 1].
 */
export function settlePreprocessing(given: Partial<Preprocessing> = {}, metadata: Metadata = {}): SettledPreprocessing {
  const known: Partial<Preprocessing> = { ...metadata.preprocessing, ...given }
  const fallback = presets.keras.preprocessing
  const assumed = (Object.keys(fallback) as (keyof Preprocessing)[]).filter(field => known[field] === undefined)
  const { crop = fallback.crop, resampling = fallback.resampling, normalization = fallback.normalization } = known
  return { preprocessing: { crop, resampling, normalization }, assumed }
}
