/** Name of a network: `mobilenet_v1` (Howard et al., 2017) or `mobilenet_v2` (Sandler et al., 2018). */
export type NetworkName = 'mobilenet_v1' | 'mobilenet_v2'

/** Whose rules a network follows. */
export type Preset = 'keras' | 'torch' | 'slim'

/** Which builder call makes the graph that a file of bare weights belongs to. */
export interface Architecture {
  readonly network: NetworkName
  /** Width multiplier. */
  readonly alpha: number
  /** Whose widths, padding, epsilon and preprocessing. */
  readonly preset: Preset
  /** 0: the file holds no classifier. */
  readonly classes: number
  /** Rows and columns of the input, where the file says. */
  readonly resolution?: number
  /** Of the depthwise layers, where the network has one; 1 where absent. */
  readonly depthMultiplier?: number
  /** What follows the logits; `null`: nothing. */
  readonly classifierActivation?: 'softmax' | null
}
