import type { Preprocessing } from '@depthwise/core'
import type { Preset } from './architecture.ts'

/** What a library settles for all of its networks, unless a network says otherwise. */
export interface PresetRules {
  /** Of 3x3 layers: TensorFlow's SAME, or one row and column on every side. */
  readonly padding: 'same' | 1
  /** Of batch norm. */
  readonly epsilon: number
  /** Default class count. */
  readonly classes: number
  /** What ends the network by default. */
  readonly classifierActivation: 'softmax' | null
  /** How images are prepared by default: torch and slim as their own evaluation does it. */
  readonly preprocessing: Preprocessing
}

/**
 * The rules by preset: weights trained under one set of rules are wrong under another. What differs between the networks
 * of a library stands in the `presets` of each network.
 */
export const presets: { readonly [P in Preset]: PresetRules } = {
  keras: {
    padding: 'same',
    epsilon: 1e-3,
    classes: 1000,
    classifierActivation: 'softmax',
    preprocessing: {
      crop: 'squeeze',
      resampling: { filter: 'bilinear', antialias: true },
      normalization: 'signed',
    },
  },
  torch: {
    padding: 1,
    epsilon: 1e-5,
    classes: 1000,
    classifierActivation: null,
    preprocessing: {
      crop: 'torch',
      resampling: { filter: 'bilinear', antialias: true },
      normalization: 'imagenet',
    },
  },
  slim: {
    padding: 'same',
    epsilon: 1e-3,
    classes: 1001,
    classifierActivation: 'softmax',
    preprocessing: {
      crop: 'slim',
      resampling: { filter: 'bilinear', antialias: false },
      normalization: 'signed',
    },
  },
}
