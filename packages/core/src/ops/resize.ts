import { sameShape } from '../tensor.ts'
import { image, type OpDefinition, only } from './definition.ts'
import { unchanged } from './elements.ts'
import * as field from './field.ts'
import type { Size2 } from './window.ts'

/**
 * Where row (or column) `i` of a result of `to` rows lies in an operand of `from` rows, with `s` rows of the result for each row of
 * the operand, computed in float32. The names and formulas are those of ONNX's `coordinate_transformation_mode` (operator Resize);
 * TFLite, Keras and TensorFlow.js have the first three.
 *
 * - `asymmetric`: `i / s`
 * - `halfPixel`: `(i + 0.5) / s - 0.5`
 * - `alignCorners`: `i * (from - 1) / (to - 1)`, 0 where `to` is 1
 * - `pytorchHalfPixel`: `halfPixel`, 0 where `to` is 1
 * - `halfPixelSymmetric`: `halfPixel + from / 2 * (1 - to / (s * from))`, which differs where `scales` are stated
 */
export type ResizeCoordinates = 'asymmetric' | 'halfPixel' | 'alignCorners' | 'pytorchHalfPixel' | 'halfPixelSymmetric'

/** Every rule of coordinates. */
export const resizeCoordinates: readonly ResizeCoordinates[] = [
  'asymmetric',
  'halfPixel',
  'alignCorners',
  'pytorchHalfPixel',
  'halfPixelSymmetric',
]

/** How `nearest` makes a row of a coordinate: ONNX's `nearest_mode`. The two in the middle differ halfway between two rows. */
export type ResizeRounding = 'floor' | 'roundPreferFloor' | 'roundPreferCeil' | 'ceil'

/** Every rule of rounding. */
export const resizeRoundings: readonly ResizeRounding[] = ['floor', 'roundPreferFloor', 'roundPreferCeil', 'ceil']

/** What a resize computes of the pixels near a coordinate. */
export type ResizeFilter = 'bilinear' | 'nearest'

/**
 * NHWC to `[N, height, width, C]`. Coordinates beyond the outermost pixels are moved to these. `bilinear` weighs the four pixels
 * around a coordinate by how near they are, a pixel that is hit counting alone; `nearest` copies one.
 *
 * Quantized values keep their scale and zero point. Their bilinear weights have 11 bits, as in LiteRT (XNNPACK): with fractions
 * rounded to `x` and `y` of 2048, `t = (a << 11) + (b - a) * x` for the upper and the lower row, and
 * `((t0 << 11) + (t1 - t0) * y + 2^21) >> 22`.
 */
export interface ResizeOp {
  readonly kind: 'resize'
  /** `[height, width]` of the result. */
  readonly size: Size2
  readonly filter: ResizeFilter
  readonly coordinates: ResizeCoordinates
  /** Of `nearest`; `bilinear` does not read it, and mostly says `floor`. */
  readonly rounding: ResizeRounding
  /** Rows and columns of the result for each of the operand, where that is not the ratio of both sizes (ONNX's `scales`). */
  readonly scales: readonly [height: number, width: number] | null
}

export const resize: OpDefinition<ResizeOp> = {
  attributes: {
    size: field.size2,
    filter: /* @__PURE__ */ field.oneOf(['bilinear', 'nearest']),
    coordinates: /* @__PURE__ */ field.oneOf(resizeCoordinates),
    rounding: /* @__PURE__ */ field.oneOf(resizeRoundings),
    scales: field.optionalScales,
  },
  shape({ size }, operands, where) {
    const [n, , channels] = image(only(operands, 1, where), where)
    return [n, ...size, channels]
  },
  elements: unchanged,
  words: ({ size, filter, coordinates, rounding, scales }) => [
    `to ${size.join('x')}`,
    filter,
    coordinates,
    ...(filter === 'nearest' ? [rounding] : []),
    ...(scales ? [`scales ${scales}`] : []),
  ],
  isIdentity: ({ scales }, [operand], result) => !scales && operand !== undefined && sameShape(operand, result),
  range: (_op, operand) => operand,
  traits: { keepsOrder: true },
}
