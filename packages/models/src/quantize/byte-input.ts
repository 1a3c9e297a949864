import type { AffineOp } from '@depthwise/core/backend'
import { int8, type QuantizedElements, uint8 } from './elements.ts'

/** How a quantized network takes the bytes of an image. */
export interface ByteInput {
  /** The bytes as they are, with the scale and zero point that say which reals they stand for. */
  readonly bytes: QuantizedElements
  /** The same values as int8, which all products read. */
  readonly values: QuantizedElements
  /**
   * What is added to each value to get what the network was trained on: less than half a step, since zero points are integers.
   * Null where bytes stand for themselves, and a product scales each channel as the normalization does.
   */
  readonly shift: number | null
}

/**
 * Folds a normalization `byte * scale + offset` into the scale and zero point of the input, where it is the same for all
 * channels and 0 is among the values that bytes stand for.
 */
export function byteInput({ scale, offset }: AffineOp): ByteInput {
  const [factor = 1, summand = 0] = [scale[0], offset[0]]
  const step = Math.fround(factor)
  const zeroPoint = Math.round(-summand / step)
  const isUniform = scale.every(each => each === factor) && offset.every(each => each === summand)
  if (isUniform && step > 0 && zeroPoint >= 0 && zeroPoint <= 255) {
    // Of -0, which no file keeps apart from 0.
    const zero = zeroPoint + 0
    return { bytes: uint8(step, zero), values: int8(step, zero - 128), shift: summand + zero * step }
  }
  return { bytes: uint8(1, 0), values: int8(1, -128), shift: null }
}
