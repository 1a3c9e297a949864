import type { Preprocessing } from '@depthwise/core'
import { quantizeInto } from '@depthwise/core/backend'
import { normalizationAffine, type PixelSource } from '../pixels/index.ts'
import { type ImageInput, plainValues } from './image-input.ts'
import { isQuantizedPixels } from './quantized-pixels.ts'

/**
 * An image as the values of an input, batch of one. A quantized input takes the pixels' own bytes where its integers are those of
 * pixels, as runtimes of such files are fed, else `round(x / scale) + zeroPoint` of the normalised pixels.
 * @throws ShapeError or OptionError as `preprocess` does
 */
export function imageValues(
  image: PixelSource,
  { quantization, ...input }: ImageInput,
  preprocessing: Preprocessing,
): Float32Array | Uint8Array | Int8Array {
  const { dtype, channels } = input
  if (!quantization) return plainValues(image, input, preprocessing)
  if (isQuantizedPixels(dtype, quantization, normalizationAffine(preprocessing.normalization, channels))) {
    const pixels = plainValues(image, { ...input, dtype: 'uint8' }, preprocessing) as Uint8Array
    return dtype === 'int8' ? Int8Array.from(pixels, byte => byte - 128) : pixels
  }
  const reals = plainValues(image, { ...input, dtype: 'float32' }, preprocessing)
  const stored = dtype === 'int8' ? new Int8Array(reals.length) : new Uint8Array(reals.length)
  quantizeInto(reals, { dtype, quantization }, stored)
  return stored
}
