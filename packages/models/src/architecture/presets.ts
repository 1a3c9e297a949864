import { type Architecture, type Preprocessing, samePadding } from '@depthwise/core'
import { makeDivisible } from './make-divisible.ts'

/** Whose rules a network follows. */
export type Preset = Architecture['preset']

/** Name of a network: `mobilenet_v1` (Howard et al., 2017) or `mobilenet_v2` (Sandler et al., 2018). */
export type NetworkName = Architecture['network']

/** Channels of a layer that has `channels` of them at alpha 1. */
export type WidthRule = (channels: number, alpha: number) => number

/** Rows added before and after an extent. */
type PadRule = (extent: number) => readonly [before: number, after: number]

type ByNetwork<T> = { readonly [N in NetworkName]: T }

/** What a preset settles, all at once: weights trained under one set of rules are wrong under another. */
export interface PresetRules {
  /** Of a block; V2 rounds stem and head by `makeDivisible` in every preset. */
  readonly width: ByNetwork<WidthRule>
  /** Of 3x3 layers: TensorFlow's SAME, or one row and column on every side. */
  readonly padding: 'same' | 1
  /** Where strided depthwise layers are padded by a node before them, as Keras lists it; `null`: they pad themselves. */
  readonly padNodes: ByNetwork<PadRule> | null
  /** Of batch norm. */
  readonly epsilon: number
  /** Default class count. */
  readonly classes: number
  /** What ends the network by default. */
  readonly classifierActivation: 'softmax' | null
  /** The classifier: a dense layer, or a 1x1 convolution of the pooled map, which computes the same. */
  readonly classifier: ByNetwork<'dense' | 'convolution'>
  /** Default rate; 0 leaves the node out. */
  readonly dropout: ByNetwork<number>
  /** How images are prepared where nobody says otherwise: torch and slim as their own evaluation does it. */
  readonly preprocessing: Preprocessing
}

const divisible: WidthRule = (channels, alpha) => makeDivisible(channels * alpha)

/**
 * The rules by preset, read off the sources: `keras` are keras.applications' mobilenet.py and mobilenet_v2.py, `torch`
 * torchvision's mobilenetv2.py and, for V1, timm's `mobilenetv1_100`, `slim` TensorFlow's mobilenet_v1.py and
 * mobilenet_v2.py.
 */
export const presets: { readonly [P in Preset]: PresetRules } = {
  keras: {
    width: {
      mobilenet_v1: (channels, alpha) => Math.trunc(channels * alpha),
      // Cut to an integer before it is rounded: at alpha 1.12, 17.92 becomes 17 and then 16, where others make it 24.
      mobilenet_v2: (channels, alpha) => makeDivisible(Math.trunc(channels * alpha)),
    },
    padding: 'same',
    // V1 pads after the map whatever its size, so that an odd one comes out smaller than under SAME; V2 pads as SAME does.
    padNodes: { mobilenet_v1: () => [0, 1], mobilenet_v2: extent => samePadding(extent, 3, 2) },
    epsilon: 1e-3,
    classes: 1000,
    classifierActivation: 'softmax',
    classifier: { mobilenet_v1: 'convolution', mobilenet_v2: 'dense' },
    dropout: { mobilenet_v1: 1e-3, mobilenet_v2: 0 },
    preprocessing: {
      crop: 'squeeze',
      resampling: { filter: 'bilinear', antialias: true },
      normalization: 'signed',
    },
  },
  torch: {
    width: { mobilenet_v1: divisible, mobilenet_v2: divisible },
    padding: 1,
    padNodes: null,
    epsilon: 1e-5,
    classes: 1000,
    classifierActivation: null,
    classifier: { mobilenet_v1: 'dense', mobilenet_v2: 'dense' },
    dropout: { mobilenet_v1: 0, mobilenet_v2: 0.2 },
    preprocessing: {
      crop: 'torch',
      resampling: { filter: 'bilinear', antialias: true },
      normalization: 'imagenet',
    },
  },
  slim: {
    width: {
      mobilenet_v1: (channels, alpha) => Math.max(Math.trunc(channels * alpha), 8),
      mobilenet_v2: divisible,
    },
    padding: 'same',
    padNodes: null,
    epsilon: 1e-3,
    classes: 1001,
    classifierActivation: 'softmax',
    classifier: { mobilenet_v1: 'convolution', mobilenet_v2: 'convolution' },
    dropout: { mobilenet_v1: 1e-3, mobilenet_v2: 0.2 },
    preprocessing: {
      crop: 'slim',
      resampling: { filter: 'bilinear', antialias: false },
      normalization: 'signed',
    },
  },
}
