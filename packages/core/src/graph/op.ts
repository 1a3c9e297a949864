/** `[height, width]`. */
export type Size2 = readonly [height: number, width: number]

/** Rows and columns added around an image, resolved to four numbers when the graph is built; nothing later guesses. */
export interface Padding {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/** Closed interval a value is clamped to; either end may be infinite. */
export interface Bounds {
  readonly min: number
  readonly max: number
}

/** Name of a parameter in the map that lives beside the graph. */
export type ParamName = string

/** A window that slides over height and width. */
interface Windowed {
  readonly kernel: Size2
  readonly strides: Size2
  readonly padding: Padding
}

/**
 * What the passes may fuse into the store of a product: `clamp(product + bias + residual)`.
 * `residual` says that the node has one input more, of the output's shape, added before the clamp.
 */
interface Epilogue {
  readonly weights: ParamName
  readonly bias: ParamName | null
  readonly clamp: Bounds | null
  readonly residual: boolean
}

/** Graph input; its shape and dtype stand on the node. */
export interface InputOp {
  readonly kind: 'input'
}

/** Per-channel `x * scale[c] + offset[c]`, to float32: pixels (uint8) or reals to what the network was trained on. */
export interface NormalizeOp {
  readonly kind: 'normalize'
  readonly scale: readonly number[]
  readonly offset: readonly number[]
}

/** Weights HWIO `[kh, kw, in / groups, filters]`; bias `[filters]`. */
export interface Conv2dOp extends Windowed, Epilogue {
  readonly kind: 'conv2d'
  readonly filters: number
  readonly dilations: Size2
  readonly groups: number
}

/** Weights `[kh, kw, channels, multiplier]`; output channel `c * multiplier + m`. */
export interface DepthwiseConv2dOp extends Windowed, Epilogue {
  readonly kind: 'depthwiseConv2d'
  readonly multiplier: number
  readonly dilations: Size2
}

/** Weights `[in, units]`, over the last axis of `[batch, in]`. */
export interface DenseOp extends Epilogue {
  readonly kind: 'dense'
  readonly units: number
}

/** Inference form: `gamma * (x - mean) / sqrt(variance + epsilon) + beta`, over the last axis. */
export interface BatchNormOp {
  readonly kind: 'batchNorm'
  readonly epsilon: number
  readonly gamma: ParamName | null
  readonly beta: ParamName | null
  readonly mean: ParamName
  readonly variance: ParamName
}

/** `max(x, 0)`. */
export interface ReluOp {
  readonly kind: 'relu'
}

/** `min(max(x, 0), 6)`. */
export interface Relu6Op {
  readonly kind: 'relu6'
}

/** `min(max(x, min), max)`. */
export interface ClampOp extends Bounds {
  readonly kind: 'clamp'
}

/** Element-wise sum of two operands of one rank; an extent of 1 stretches to the other's. */
export interface AddOp {
  readonly kind: 'add'
}

/** Element-wise product, broadcasting as `add` does. */
export interface MulOp {
  readonly kind: 'mul'
}

/** One `[before, after]` pair for each axis. The batch axis may not be padded. */
export interface PadOp {
  readonly kind: 'pad'
  readonly pads: readonly (readonly [before: number, after: number])[]
  readonly value: number
}

/** `countPadding`: whether padded positions enter the divisor (torch does, TensorFlow does not). */
export interface AveragePoolOp extends Windowed {
  readonly kind: 'averagePool'
  readonly countPadding: boolean
}

/** Padded positions never win. */
export interface MaxPoolOp extends Windowed {
  readonly kind: 'maxPool'
}

/** NHWC to `[N, C]`, or `[N, 1, 1, C]` with `keepDims`. */
export interface GlobalAveragePoolOp {
  readonly kind: 'globalAveragePool'
  readonly keepDims: boolean
}

/** `target` is the shape of one item: the batch axis stays in front of it. */
export interface ReshapeOp {
  readonly kind: 'reshape'
  readonly target: readonly number[]
}

/** Over the last axis. */
export interface SoftmaxOp {
  readonly kind: 'softmax'
}

/** `1 / (1 + exp(-x))`, element by element. */
export interface SigmoidOp {
  readonly kind: 'sigmoid'
}

/** Joins along `axis` (never 0, the batch). */
export interface ConcatOp {
  readonly kind: 'concat'
  readonly axis: number
}

/** Does nothing at inference; kept so that a training graph prints and costs as its authors list it. */
export interface DropoutOp {
  readonly kind: 'dropout'
  readonly rate: number
}

/** Everything a node may compute. Each stage is a table over its kinds, so that a new op without a row does not compile. */
export type Op =
  | InputOp
  | NormalizeOp
  | Conv2dOp
  | DepthwiseConv2dOp
  | DenseOp
  | BatchNormOp
  | ReluOp
  | Relu6Op
  | ClampOp
  | AddOp
  | MulOp
  | PadOp
  | AveragePoolOp
  | MaxPoolOp
  | GlobalAveragePoolOp
  | ReshapeOp
  | SoftmaxOp
  | SigmoidOp
  | ConcatOp
  | DropoutOp

/** Name of an op: what graphs are switched, tabulated and stored by. */
export type OpKind = Op['kind']

/** The op of a kind, with its attributes. */
export type OpOf<K extends OpKind> = Extract<Op, { readonly kind: K }>
