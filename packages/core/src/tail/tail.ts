import type { BinaryOperator } from '../ops/binary.ts'
import type { ElementType, Shape, Tensor } from '../tensor.ts'

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

/** What a step of a tail computes. Axes count from 0, the first being no batch. */
export type TailOp =
  /** The index of the largest element along an axis, of equals the first: int32, without that axis. */
  | { readonly kind: 'argMax'; readonly axis: number }
  /** Arithmetic of two values that broadcast; of bytes as `BinaryOp` says, of int32 modulo 2^32. */
  | { readonly kind: 'binary'; readonly operator: BinaryOperator | 'floorDiv' }
  /** The same numbers as elements of another type; of reals the integer towards zero. */
  | { readonly kind: 'cast' }
  | { readonly kind: 'concat'; readonly axis: number }
  /** Reals to bytes, bytes to reals, or bytes of one scale to those of another. */
  | { readonly kind: 'convert' }
  /** Elements, or slices, of the first operand at the indices that the second has along its last axis. */
  | { readonly kind: 'gatherNd' }
  | { readonly kind: 'reshape'; readonly shape: Shape }
  | { readonly kind: 'sqrt' }
  /** Puts values of one shape together along a new axis. */
  | { readonly kind: 'stack'; readonly axis: number }
  /** Takes a value apart along an axis, which goes. */
  | { readonly kind: 'unstack'; readonly axis: number }
  | DetectionPostProcessOp
  | PosenetDecoderOp

/** What a step of a tail is. */
export type TailKind = TailOp['kind']

/** A value that a step computes, as the file calls it. */
export interface TailResult extends ElementType {
  readonly name: string
  /** As the file states it, which states none for what is found. */
  readonly shape: Shape
}

/** One operator of a tail. Values are numbered: the inputs, then the constants, then the results of each step in turn. */
export interface TailStep {
  readonly op: TailOp
  readonly operands: readonly number[]
  readonly results: readonly TailResult[]
}

/** An output of the graph that a tail reads, as its file has it: what backends give as reals is quantized first. */
export interface TailInput extends ElementType {
  readonly name: string
}

/**
 * What a file computes behind its network, on the host and for one item of a batch: index arithmetic, the decoding of boxes, the
 * suppression of those that overlap. No axis is a batch.
 */
export interface Tail {
  readonly inputs: readonly TailInput[]
  readonly constants: readonly Tensor[]
  readonly steps: readonly TailStep[]
  /** What a session gives in the place of the graph's outputs. */
  readonly outputs: readonly { readonly name: string; readonly value: number }[]
}
