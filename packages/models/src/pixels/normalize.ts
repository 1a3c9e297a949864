import { type Normalization, ShapeError } from '@depthwise/core'
import { normalizationAffine } from './affine.ts'

/**
 * Pixels (0..255, bytes or reals) to what the network was trained on.
 * @param channels 3 for RGB triples, 1 for grey levels
 * @returns values in the network's order of channels
 * @throws OptionError as `normalizationAffine` does
 * @throws ShapeError unless whole pixels are given
 */
export function normalize(
  pixels: Uint8Array | Uint8ClampedArray | Float32Array,
  normalization: Normalization,
  channels: 1 | 3 = 3,
): Float32Array {
  const { scale, offset, order } = normalizationAffine(normalization, channels)
  if (pixels.length % channels !== 0) {
    throw new ShapeError({ where: 'pixels', expected: `a multiple of ${channels} values`, found: `${pixels.length}` })
  }
  const reals = new Float32Array(pixels.length)
  for (let c = 0; c < channels; c++) {
    const factor = scale[c]!
    const shift = offset[c]!
    const step = order === 'bgr' ? channels - 1 - 2 * c : 0
    for (let i = c; i < pixels.length; i += channels) reals[i] = pixels[i + step]! * factor + shift
  }
  return reals
}
