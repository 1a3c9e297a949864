import type { NetworkName, Preset } from './architecture.ts'
import type { PresetRules } from './presets.ts'
import type { WidthRule } from './widths.ts'

/**
 * A network: its layers, and what each library settles for it. The builder, the names of its weights and the recognition
 * of bare weights all follow from it (docs/adding-a-network.md).
 */
export interface NetworkSpec {
  readonly name: NetworkName
  /** All layers but the classifier, in the order in which they run. */
  blocks(): readonly Block[]
  readonly presets: { readonly [P in Preset]: NetworkRules }
  /** Whether the builder takes a depth multiplier. */
  readonly hasDepthMultiplier: boolean
}

/** Layers one after the other, with a shortcut around all of them where there is one. */
export interface Block {
  readonly layers: readonly Layer[]
  /** The node that adds what comes in to what goes out, wherever their shapes are equal. */
  readonly shortcut?: string
}

/** Where a layer stands. Libraries name weights by it. */
export interface Place {
  readonly part: 'stem' | 'expand' | 'depthwise' | 'project' | 'pointwise' | 'head' | 'classifier'
  /** Counts from 0; 0 too for parts outside the blocks. */
  readonly block: number
}

interface NormedLayer extends Place {
  /** Node of the product. As all names of nodes it is Keras'. */
  readonly name: string
  /** Node of its batch norm. */
  readonly norm: string
  /** Node of its ReLU6; `null`: the layer is linear. */
  readonly activation: string | null
}

/** A convolution over all channels. */
export interface ConvolutionLayer extends NormedLayer {
  readonly kind: 'convolution'
  /** Default 1. */
  readonly kernel?: 1 | 3
  /** Default 1. */
  readonly strides?: 1 | 2
  /** How many channels it makes. */
  readonly outputs: Width | Expansion
}

/** A 3x3 convolution of each channel for itself. */
export interface DepthwiseLayer extends NormedLayer {
  readonly kind: 'depthwise'
  readonly strides: 1 | 2
  /** Node of the padding before it, where the preset has one. */
  readonly pad: string
}

/** A product with its batch norm and activation. */
export type Layer = ConvolutionLayer | DepthwiseLayer

/** Channels that alpha scales. */
export interface Width {
  /** At alpha 1. */
  readonly channels: number
  /** Default: the preset's. */
  readonly rule?: WidthRule
  /** False where a file's alpha is not read off this layer. Default true. */
  readonly tellsAlpha?: false
}

/** Channels by those of the input. */
export interface Expansion {
  readonly times: number
}

/** Rows or columns added before and after an extent. */
export type PadRule = (extent: number) => readonly [before: number, after: number]

/** What a library settles for one network, besides what it settles for all (`presets`), which may be overruled here. */
export interface NetworkRules extends Partial<PresetRules> {
  /** Of layers without a rule of their own. */
  readonly width: WidthRule
  /** How a node before a strided depthwise layer pads; `null`: there is none, and such layers pad themselves. */
  readonly padNode: PadRule | null
  /** The classifier: a dense layer, or a 1x1 convolution of the pooled map, which computes the same. */
  readonly classifier: 'dense' | 'convolution'
  /** Default rate; 0 leaves the node out. */
  readonly dropout: number
}
