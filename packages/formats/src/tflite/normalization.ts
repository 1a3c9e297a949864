import type { Normalization } from '@depthwise/core'
import { debug, type NormalizationName, type PerTensorQuantization } from '@depthwise/core/backend'

/** What the byte values 0 and 255 of a pixel become. */
interface PixelRange {
  readonly black: number
  readonly white: number
}

const uniform: readonly (PixelRange & { readonly name: NormalizationName })[] = [
  { name: 'signed', black: -1, white: 1 },
  { name: 'unit', black: 0, white: 1 },
  { name: 'raw', black: 0, white: 255 },
]
/** ImageNet's channel means and standard deviations (torchvision's), of bytes. */
const imagenet = { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] }

/**
 * Quantised nets take an image's bytes as they are (int8: less 128), so that scale and zero point say what they mean.
 * `name` is the convention that this is, if it is one.
 */
export function normalizationOfQuantization(
  { scale, zeroPoint }: PerTensorQuantization,
  type: 'UINT8' | 'INT8',
): { readonly name: NormalizationName | undefined; readonly exact: Normalization } {
  const mean = type === 'INT8' ? zeroPoint + 128 : zeroPoint
  const name = named({ black: -mean * scale, white: (255 - mean) * scale })
  return { name, exact: name ?? { mean, std: 1 / scale } }
}

/**
 * The `NormalizationOptions` of TFLite Metadata: `(x - mean) / std`, one pair for all channels or one for each. A convention
 * by its name, other numbers as they are; undefined for numbers that say nothing.
 * @param channels of the input, where it is an image
 */
export function normalizationOfStatistics(
  mean: readonly number[],
  std: readonly number[],
  channels: number | null,
): Normalization | undefined {
  const count = Math.max(mean.length, std.length)
  const fits = (values: readonly number[]): boolean =>
    values.length > 0 && (values.length === 1 || values.length === count) && values.every(Number.isFinite)
  const isForInput = count === 1 || channels === null || count === channels
  if (!fits(mean) || !fits(std) || !isForInput || std.some(value => !Number.isFinite(1 / value))) {
    if (count > 0) debug(1, () => `tflite: mean [${mean.slice(0, 8)}] and deviation [${std.slice(0, 8)}] left out`)
    return undefined
  }
  if (near(mean, imagenet.mean) && near(std, imagenet.std)) return 'imagenet'
  const names = Array.from({ length: count }, (_, channel) => {
    const [center, spread] = [mean[channel] ?? mean[0], std[channel] ?? std[0]] as [number, number]
    return named({ black: -center / spread, white: (255 - center) / spread })
  })
  const [name] = names
  if (name && names.every(each => each === name)) return name
  return { mean: oneOrAll(mean), std: oneOrAll(std) }
}

function oneOrAll(values: readonly number[]): number | readonly number[] {
  return values.length === 1 ? (values[0] as number) : values
}

/** Conventions differ by a step or two (scale 1/128 and 1/127.5, zero point 127 and 128), which is taken for the same. */
function named({ black, white }: PixelRange): NormalizationName | undefined {
  const slack = (range: PixelRange): number => (range.white - range.black) / 127
  const close = (range: PixelRange): boolean =>
    Math.abs(range.black - black) <= slack(range) && Math.abs(range.white - white) <= slack(range)
  return uniform.find(close)?.name
}

function near(values: readonly number[], expected: readonly number[]): boolean {
  return values.length === expected.length && values.every((value, i) => Math.abs(value - expected[i]!) < 0.1)
}
