import type { Network } from './graph/graph.ts'

/**
 * Which part of a picture the network sees. `squeeze`: all of it, proportions ignored. `slim`: the central 87.5 %, then
 * squeezed (TensorFlow slim's evaluation). `torch`: shorter side to 256/224 of the input, then the centre. `drawing`: the
 * strokes alone, found and centred by `isolateDrawing` of `@depthwise/models/drawing`.
 */
export type Crop = 'squeeze' | 'slim' | 'torch' | 'drawing'

/** `antialias`: the filter widens when shrinking, as Pillow does; without it pixels are skipped, as TensorFlow does. */
export interface Resampling {
  readonly filter: 'bilinear' | 'bicubic'
  readonly antialias: boolean
}

/** `signed`: [-1, 1]. `unit`: [0, 1]. `imagenet`: [0, 1], then ImageNet's mean and standard deviation. `raw`: 0..255. */
export type Normalization = 'signed' | 'unit' | 'imagenet' | 'raw'

/** How a picture becomes the tensor a network was trained on. Pixels are RGB bytes. */
export interface Preprocessing {
  readonly crop: Crop
  readonly resampling: Resampling
  readonly normalization: Normalization
}

/** Real value = `(stored - zeroPoint) * scale`. */
export interface Quantization {
  readonly scale: number
  readonly zeroPoint: number
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
  readonly inputQuantization?: Readonly<Record<string, Quantization>>
}

/** What loaders return and classifiers take. */
export interface Model extends Network {
  readonly metadata: Metadata
}

/** Which builder call makes the graph that a file of bare weights belongs to. */
export interface Architecture {
  readonly network: 'mobilenet_v1' | 'mobilenet_v2'
  /** Width multiplier. */
  readonly alpha: number
  /** Whose widths, padding, epsilon and preprocessing. */
  readonly preset: 'keras' | 'torch' | 'slim'
  /** 0: the file holds no classifier. */
  readonly classes: number
  /** Rows and columns of the input, where the file says. */
  readonly resolution?: number
  /** Of V1's depthwise layers; 1 where absent. */
  readonly depthMultiplier?: number
  /** What follows the logits; `null`: nothing. */
  readonly classifierActivation?: 'softmax' | null
}
