import type { DType } from '@depthwise/core'
import type { PerTensorQuantization } from '@depthwise/core/backend'
import type { Affine } from '../pixels/index.ts'

/**
 * Whether the integers of a quantized input are the bytes of pixels (int8: less 128), given what the network's normalization makes
 * of a byte. Files differ from it by a step or two, as scale 1/128 does from 1/127.5, and are trained on the bytes all the same.
 */
export function isQuantizedPixels(
  dtype: DType,
  quantization: PerTensorQuantization,
  { scale, offset }: Affine,
): boolean {
  const zero = quantization.zeroPoint + (dtype === 'int8' ? 128 : 0)
  return [0, 255].every(byte =>
    scale.every((factor, c) => Math.abs((byte * factor + offset[c]!) / quantization.scale + zero - byte) <= slack),
  )
}

/** As the readers' own, which name a convention after the scale of an input. */
const slack = 255 / 127
