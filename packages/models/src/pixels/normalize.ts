import { type Normalization, OptionError, ShapeError } from '@depthwise/core'

/**
 * Means of red, green and blue over ImageNet's training pictures, of pixels in [0, 1]: the figures that torchvision
 * documents with its pretrained models, and that the model zoos after it use.
 */
export const imagenetMean: readonly [number, number, number] = [0.485, 0.456, 0.406]

/** Standard deviations that go with `imagenetMean`. */
export const imagenetStd: readonly [number, number, number] = [0.229, 0.224, 0.225]

/** Per channel, `real = byte * scale[c] + offset[c]`; the attributes of a graph's `normalize` op. */
export interface Affine {
  readonly scale: number[]
  readonly offset: number[]
}

const affines: { readonly [N in Normalization]: () => Affine } = {
  signed: () => alike(1 / 127.5, -1),
  unit: () => alike(1 / 255, 0),
  imagenet: () => ({
    scale: imagenetStd.map(std => 1 / (255 * std)),
    offset: imagenetMean.map((mean, c) => -mean / imagenetStd[c]!),
  }),
  raw: () => alike(1, 0),
}

/**
 * What a normalization does to the bytes of red, green and blue.
 * @throws OptionError for an unknown normalization
 */
export function normalizationAffine(normalization: Normalization): Affine {
  if (!Object.hasOwn(affines, normalization)) {
    throw new OptionError({
      where: 'normalization',
      expected: Object.keys(affines).join(', '),
      found: `${normalization}`,
    })
  }
  return affines[normalization]()
}

/**
 * Pixels (0..255, bytes or reals) to what the network was trained on.
 * @param channels 3 for RGB triples, 1 for grey levels
 * @throws OptionError for an unknown normalization, or `imagenet` on grey levels: it has no figures for them
 * @throws ShapeError unless whole pixels are given
 */
export function normalize(
  pixels: Uint8Array | Uint8ClampedArray | Float32Array,
  normalization: Normalization,
  channels: 1 | 3 = 3,
): Float32Array {
  const { scale, offset } = normalizationAffine(normalization)
  if (channels === 1 && normalization === 'imagenet') {
    throw new OptionError({ where: 'normalization of grey levels', expected: 'signed, unit, raw', found: 'imagenet' })
  }
  if (pixels.length % channels !== 0) {
    throw new ShapeError({ where: 'pixels', expected: `a multiple of ${channels} values`, found: `${pixels.length}` })
  }
  const reals = new Float32Array(pixels.length)
  for (let c = 0; c < channels; c++) {
    const factor = scale[c]!
    const shift = offset[c]!
    for (let i = c; i < pixels.length; i += channels) reals[i] = pixels[i]! * factor + shift
  }
  return reals
}

const alike = (scale: number, offset: number): Affine => ({
  scale: [scale, scale, scale],
  offset: [offset, offset, offset],
})
