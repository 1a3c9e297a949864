import { type ChannelStatistics, type Normalization, OptionError } from '@depthwise/core'
import { type NormalizationName, show } from '@depthwise/core/backend'

/**
 * Means of red, green and blue over ImageNet's training images, of pixels in [0, 1]: the figures that torchvision
 * documents with its pretrained models, and that the model zoos after it use.
 */
export const imagenetMean: readonly [number, number, number] = [0.485, 0.456, 0.406]

/** Standard deviations that go with `imagenetMean`. */
export const imagenetStd: readonly [number, number, number] = [0.229, 0.224, 0.225]

/** Per channel of the network, `real = byte * scale[c] + offset[c]`. */
export interface Affine {
  readonly scale: number[]
  readonly offset: number[]
  /** `bgr` where channel 0 of the network is the byte of blue; absent for red. */
  readonly order?: 'bgr'
}

const affines: { readonly [N in NormalizationName]: () => Affine } = {
  signed: () => uniform(1 / 127.5, -1),
  unit: () => uniform(1 / 255, 0),
  imagenet: () => ({
    scale: imagenetStd.map(std => 1 / (255 * std)),
    offset: imagenetMean.map((mean, c) => -mean / imagenetStd[c]!),
  }),
  raw: () => uniform(1, 0),
}

/**
 * What a normalization does to the bytes of an image.
 * @param channels 3 for RGB, 1 for grey levels
 * @throws OptionError for an unknown normalization, for statistics that are no finite numbers, one or as many as there are
 * channels, for a `std` of 0, or for `imagenet` on grey levels
 */
export function normalizationAffine(normalization: Normalization, channels: 1 | 3 = 3): Affine {
  if (typeof normalization === 'object' && normalization !== null) return affineOfStatistics(normalization, channels)
  if (!Object.hasOwn(affines, normalization)) {
    const expected = `${Object.keys(affines).join(', ')} or { mean, std }`
    throw new OptionError({ where: 'normalization', expected, found: show(normalization) })
  }
  if (channels === 1 && normalization === 'imagenet') {
    throw new OptionError({ where: 'normalization of grey levels', expected: 'signed, unit, raw', found: 'imagenet' })
  }
  const { scale, offset } = affines[normalization]()
  return { scale: scale.slice(0, channels), offset: offset.slice(0, channels) }
}

function affineOfStatistics({ mean, std, order }: ChannelStatistics, channels: 1 | 3): Affine {
  const means = perChannel('mean', mean, channels)
  // The reciprocal also refuses numbers so small that nothing could be divided by them.
  const scale = perChannel('std', std, channels).map(value => 1 / value)
  if (!scale.every(Number.isFinite)) {
    throw new OptionError({ where: 'normalization.std', expected: 'numbers other than 0', found: show(std) })
  }
  if (order !== undefined && order !== 'rgb' && order !== 'bgr') {
    throw new OptionError({ where: 'normalization.order', expected: 'rgb or bgr', found: show(order) })
  }
  const offset = means.map((value, c) => -value * scale[c]!)
  return { scale, offset, ...(order === 'bgr' && { order }) }
}

function perChannel(name: string, value: number | readonly number[], channels: 1 | 3): readonly number[] {
  const list = Array.isArray(value) ? value : [value]
  if ((list.length === 1 || list.length === channels) && list.every(Number.isFinite)) {
    return Array.from({ length: channels }, (_, c) => list[c] ?? list[0])
  }
  const expected = channels === 1 ? 'a finite number, for grey levels' : `a finite number, or ${channels} of them`
  throw new OptionError({ where: `normalization.${name}`, expected, found: show(value) })
}

const uniform = (scale: number, offset: number): Affine => ({
  scale: [scale, scale, scale],
  offset: [offset, offset, offset],
})
