import type { Network } from './graph/graph.ts'
import type { Tail } from './tail/tail.ts'
import type { PerTensorQuantization } from './tensor.ts'

/**
 * A crop by name. `squeeze`: all of the image, proportions ignored. `slim`: the central 87.5 %, then squeezed (TensorFlow
 * slim's evaluation). `torch`: the centre with `fraction: 224 / 256`. `letterbox`: all of the image, proportions kept, on black.
 * `drawing`: the strokes alone, found and centred by `isolateDrawing` of `@depthwise/models/drawing`.
 */
export type CropName = 'squeeze' | 'slim' | 'torch' | 'letterbox' | 'drawing'

/**
 * The centre of the image, proportions kept: the image is scaled until it just covers a box of `floor(side / fraction)`
 * per side of the input, and the input is the middle of that. `fraction: 1` is the largest centre rectangle with the
 * input's proportions (Teachable Machine's square, `object-fit: cover`); timm's `crop_pct` is the fraction as it stands.
 */
export interface CentreCrop {
  readonly kind: 'centre'
  /** The share of the largest such rectangle's sides that the network sees: more than 0, at most 1. */
  readonly fraction: number
}

/** Which part of an image the network sees. */
export type Crop = CropName | CentreCrop

/** `antialias`: the filter widens when shrinking, as Pillow does; without it pixels are skipped, as TensorFlow does. */
export interface Resampling {
  readonly filter: 'bilinear' | 'bicubic'
  readonly antialias: boolean
}

/** `signed`: [-1, 1]. `unit`: [0, 1]. `imagenet`: [0, 1], then ImageNet's mean and standard deviation. `raw`: 0..255. */
export type NormalizationName = 'signed' | 'unit' | 'imagenet' | 'raw'

/** Normalization by numbers: `value = (byte - mean) / std`, bytes being 0..255. */
export interface ChannelStatistics {
  /** One number for all channels, or one per channel in the order in which the network takes them (after `order`). */
  readonly mean: number | readonly number[]
  /** As `mean`; never 0. */
  readonly std: number | readonly number[]
  /** Order of the channels that the network takes; `rgb` where absent. `bgr` is what OpenCV and Caffe read. */
  readonly order?: 'rgb' | 'bgr'
}

/** What the bytes of an image become. */
export type Normalization = NormalizationName | ChannelStatistics

/** How an image becomes the tensor a network was trained on. Pixels are RGB bytes. */
export interface Preprocessing {
  readonly crop: Crop
  readonly resampling: Resampling
  readonly normalization: Normalization
}

/** What is known of a network beside its graph and weights; every field may be unknown. */
export interface Metadata {
  /** `tflite`, `safetensors`, ... */
  readonly format?: string
  /** What the file calls itself, who made it, where it is from. */
  readonly name?: string
  readonly licence?: string
  readonly source?: string
  readonly preprocessing?: Partial<Preprocessing>
  /** Class names in the order of the outputs. */
  readonly labels?: readonly string[]
  /** By name of the input, where the file stores integers: how raw bytes of that input are to be read. */
  readonly inputQuantization?: Readonly<Record<string, PerTensorQuantization>>
  /** Of a network whose integers were kept: by name, the nodes that compute in reals between them, and why each does. */
  readonly realNodes?: Readonly<Record<string, string>>
}

/** What loaders return and classifiers take. */
export interface Model extends Network {
  readonly metadata: Metadata
  /** What the file computes behind the network, on the host; sessions take it as an option. */
  readonly tail?: Tail
}
