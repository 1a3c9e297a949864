import type { Normalization, Quantization, Shape } from '@depthwise/core'

/** What the byte values 0 and 255 of a pixel become. */
interface PixelRange {
  readonly black: number
  readonly white: number
}

const uniform: readonly (PixelRange & { readonly name: Normalization })[] = [
  { name: 'signed', black: -1, white: 1 },
  { name: 'unit', black: 0, white: 1 },
  { name: 'raw', black: 0, white: 255 },
]
/** ImageNet's channel means and standard deviations (torchvision's), of bytes. */
const imagenet = { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] }

/** Quantised nets take a picture's bytes as they are (int8: less 128), so that scale and zero point tell what they mean. */
export function normalizationOfQuantization(
  { scale, zeroPoint }: Quantization,
  type: 'UINT8' | 'INT8',
): Normalization | undefined {
  const zero = type === 'INT8' ? zeroPoint + 128 : zeroPoint
  return named({ black: -zero * scale, white: (255 - zero) * scale })
}

/** The `NormalizationOptions` of TFLite Metadata: `(x - mean) / std`, one pair for all channels or one for each. */
export function normalizationOfStatistics(mean: readonly number[], std: readonly number[]): Normalization | undefined {
  if (near(mean, imagenet.mean) && near(std, imagenet.std)) return 'imagenet'
  const names = mean.map((center, channel) => {
    const spread = std[channel] ?? std[0] ?? Number.NaN
    return named({ black: -center / spread, white: (255 - center) / spread })
  })
  return names.every(name => name === names[0]) ? names[0] : undefined
}

/** Whether an input can be a picture: NHWC with three channels. */
export function isPicture(shape: Shape): boolean {
  return shape.length === 4 && shape[3] === 3
}

/** Conventions differ by a step or two (scale 1/128 and 1/127.5, zero point 127 and 128), which is taken for the same. */
function named({ black, white }: PixelRange): Normalization | undefined {
  const slack = (range: PixelRange): number => (range.white - range.black) / 127
  const close = (range: PixelRange): boolean =>
    Math.abs(range.black - black) <= slack(range) && Math.abs(range.white - white) <= slack(range)
  return uniform.find(close)?.name
}

function near(values: readonly number[], expected: readonly number[]): boolean {
  return values.length === expected.length && values.every((value, i) => Math.abs(value - expected[i]!) < 0.1)
}
