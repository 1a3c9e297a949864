import type { BinaryOperator } from '../ops/binary.ts'
import type { Bounds } from '../ops/definition.ts'
import type { Shape, Tensor, ValueType } from '../tensor.ts'

/** What the post-processing of an SSD keeps: the options of TFLite's custom operator `TFLite_Detection_PostProcess`. */
export interface DetectionPostProcessOp {
  readonly kind: 'detectionPostProcess'
  readonly maxDetections: number
  readonly maxClassesPerDetection: number
  /** Of each class, in class-wise suppression. */
  readonly detectionsPerClass: number
  /** Whether boxes suppress only boxes of their class; else all, each by its best class. */
  readonly classWise: boolean
  readonly scoreThreshold: number
  readonly iouThreshold: number
  /** Classes, without the background. */
  readonly classes: number
  /** What encodings of centre y, centre x, height and width are divided by. */
  readonly scales: readonly [y: number, x: number, height: number, width: number]
}

/** How poses are put together: the options of libcoral's custom operator `PosenetDecoderOp`. */
export interface PosenetDecoderOp {
  readonly kind: 'posenetDecoder'
  readonly maxDetections: number
  readonly scoreThreshold: number
  /** Pixels between two cells of the heatmaps. */
  readonly stride: number
  /** In pixels. */
  readonly nmsRadius: number
}

/** What a step computes of two elements: `floorDiv` and `floorMod` round the quotient down. */
export type TailBinaryOperator = BinaryOperator | 'floorDiv' | 'floorMod' | 'pow' | 'squaredDifference'

/** What a step computes of an element; `round` takes the even one of two integers as near. */
export type TailUnaryOperator =
  | 'abs'
  | 'ceil'
  | 'exp'
  | 'floor'
  | 'log'
  | 'neg'
  | 'relu'
  | 'round'
  | 'rsqrt'
  | 'sigmoid'
  | 'sqrt'
  | 'square'
  | 'tanh'

/** What a step makes of the elements along axes: sums of float32 are rounded at each step. */
export type TailReduceOperator = 'max' | 'mean' | 'min' | 'sum'

/** What a step of a tail computes. Axes count from 0, the first being no batch. */
export type TailOp =
  /** The index of the largest element along an axis, of equals the first: int32, without that axis. */
  | { readonly kind: 'argMax'; readonly axis: number }
  | { readonly kind: 'argMin'; readonly axis: number }
  /**
   * Arithmetic of two values of one type that broadcast; of bytes as `BinaryOp` says, of int32 modulo 2^32, where a division by zero
   * gives 0. The result is clamped to `activation`, in reals.
   */
  | { readonly kind: 'binary'; readonly operator: TailBinaryOperator; readonly activation?: Bounds }
  /** The same numbers as elements of another type; of reals the integer towards zero. */
  | { readonly kind: 'cast' }
  /** Bytes of another scale than the result's are restated as `ConcatOp` says. */
  | { readonly kind: 'concat'; readonly axis: number }
  /** Reals to bytes, bytes to reals, or bytes of one scale to those of another. */
  | { readonly kind: 'convert' }
  /** Slices of the first operand along an axis, at the indices that the second holds. */
  | { readonly kind: 'gather'; readonly axis: number }
  /** Elements, or slices, of the first operand at the indices that the second has along its last axis. */
  | { readonly kind: 'gatherNd' }
  /** Over axes that stay with an extent of 1, or go. */
  | {
      readonly kind: 'reduce'
      readonly operator: TailReduceOperator
      readonly axes: readonly number[]
      readonly keepsAxes: boolean
    }
  | { readonly kind: 'reshape'; readonly shape: Shape }
  /** Of each axis `size` elements from `begin` on, every `stride`-th, backwards where that is negative. */
  | {
      readonly kind: 'slice'
      readonly begin: readonly number[]
      readonly size: readonly number[]
      readonly strides: readonly number[]
    }
  /** Takes a value apart along an axis, into equal parts. */
  | { readonly kind: 'split'; readonly axis: number }
  /** Puts values of one shape together along a new axis. */
  | { readonly kind: 'stack'; readonly axis: number }
  /** The largest `count` elements along the last axis in falling order, of equals the first first, and their indices (int32). */
  | { readonly kind: 'topK'; readonly count: number }
  /** Axis `i` of the result is axis `order[i]` of the operand. */
  | { readonly kind: 'transpose'; readonly order: readonly number[] }
  /** Of reals; `sigmoid` of bytes as well, as `SigmoidOp` says. */
  | { readonly kind: 'unary'; readonly operator: TailUnaryOperator }
  /** Takes a value apart along an axis, which goes. */
  | { readonly kind: 'unstack'; readonly axis: number }
  | DetectionPostProcessOp
  | PosenetDecoderOp

/** What a step of a tail is. */
export type TailKind = TailOp['kind']

/** A value that a step computes, as the file calls it. */
export interface TailResult extends ValueType {
  readonly name: string
}

/** One operator of a tail. Values are numbered: the inputs, then the constants, then the results of each step in turn. */
export interface TailStep {
  readonly op: TailOp
  readonly operands: readonly number[]
  readonly results: readonly TailResult[]
}

/**
 * An output of the graph that a tail reads, as its file has it: of as many elements in the same order, but maybe of another shape.
 * What backends give as reals is quantized first.
 */
export interface TailInput extends ValueType {
  readonly name: string
}

/**
 * What a file computes behind its network, on the host and for one item of a batch: index arithmetic, the decoding of boxes, the
 * suppression of those that overlap. No axis is a batch. It is data: `tailToJSON` of `@depthwise/core/tail` makes JSON of it.
 */
export interface Tail {
  readonly inputs: readonly TailInput[]
  readonly constants: readonly Tensor[]
  readonly steps: readonly TailStep[]
  /** What a session gives in the place of the graph's outputs. */
  readonly outputs: readonly { readonly name: string; readonly value: number }[]
}
