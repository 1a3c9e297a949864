import type { ChannelStatistics, Crop, Normalization } from '@depthwise/core'
import type { CropName, NormalizationName } from '@depthwise/core/backend'
import { InvalidArgumentError } from 'commander'
import { didYouMean } from './nearest.ts'

const crops: readonly CropName[] = ['slim', 'torch', 'squeeze', 'letterbox', 'drawing']

/** Statistics of the named normalizations, per byte: in this form an order can be added to them. */
const named: Readonly<Record<NormalizationName, ChannelStatistics>> = {
  signed: { mean: 127.5, std: 127.5 },
  unit: { mean: 0, std: 255 },
  imagenet: { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] },
  raw: { mean: 0, std: 1 },
}

const cropForms = `${crops.join(', ')}, centre:FRACTION (as in centre:0.9)`
const normalizationForms = `${Object.keys(named).join(', ')}, mean=M,std=S, each with or without order=bgr`

/** For `--help`. */
export const cropHelp = `the part of an image that the network gets: ${cropForms}; default: as the checkpoint states`
export const normalizationHelp = `how bytes (0 to 255) become values: ${normalizationForms}; M and S are one number or R:G:B; default: as the checkpoint states`

/** A crop by name, or `centre:FRACTION`; `centre` alone is the largest centre that fits. */
export function parseCrop(text: string): Crop {
  const name = crops.find(each => each === text)
  if (name) return name
  const [, digits = '1'] = /^cent(?:re|er)(?::(.*))?$/.exec(text) ?? []
  const fraction = number(digits)
  if (/^cent(re|er)(:|$)/.test(text) && fraction > 0 && fraction <= 1) return { kind: 'centre', fraction }
  const advice = didYouMean(text, [...crops, 'centre'])
  throw new InvalidArgumentError(`Allowed choices are ${cropForms}; a fraction is more than 0 and at most 1.${advice}`)
}

/** A normalization by name, or `mean=M,std=S`, and the order of channels with either. */
export function parseNormalization(text: string): Normalization {
  const names = Object.keys(named) as NormalizationName[]
  const name = names.find(each => each === text)
  if (name) return name
  const advice = didYouMean(text, names)
  if (advice) throw new InvalidArgumentError(`Allowed choices are ${normalizationForms}.${advice}`)
  return statistics(text.split(','))
}

function statistics(parts: readonly string[]): ChannelStatistics {
  const fields = new Map<string, string>()
  for (const part of parts) {
    const [key = '', value, ...rest] = part.split('=')
    const isName = value === undefined && part === parts[0] && Object.hasOwn(named, key)
    if (fields.has(key) || rest.length > 0 || !(isName || (['mean', 'std', 'order'].includes(key) && value))) refuse()
    fields.set(isName ? 'name' : key, value ?? key)
  }
  const order = channelOrder(fields.get('order'))
  const ordered = order && { order }
  const name = fields.get('name') as NormalizationName | undefined
  if (name === undefined) return { mean: figures(fields.get('mean') ?? '0'), std: deviation(fields), ...ordered }
  if (fields.has('mean') || fields.has('std')) refuse()
  // Statistics are in the order in which the network takes the channels.
  const turned = (values: number | readonly number[]): number | readonly number[] =>
    typeof values !== 'number' && order === 'bgr' ? values.toReversed() : values
  const { mean, std } = named[name]
  return { mean: turned(mean), std: turned(std), ...ordered }
}

function channelOrder(text: string | undefined): ChannelStatistics['order'] {
  return text === undefined || text === 'rgb' || text === 'bgr' ? text : refuse()
}

function deviation(fields: ReadonlyMap<string, string>): number | readonly number[] {
  const std = figures(fields.get('std') ?? '1')
  return [std].flat().includes(0) ? refuse() : std
}

/** One number, or three with colons between them. */
function figures(text: string): number | readonly number[] {
  const values = text.split(':').map(number)
  if (values.some(Number.isNaN) || (values.length !== 1 && values.length !== 3)) refuse()
  return values.length === 1 ? (values[0] as number) : values
}

const number = (text: string): number => (/^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(text) ? Number(text) : Number.NaN)

function refuse(): never {
  throw new InvalidArgumentError(`Allowed choices are ${normalizationForms}.`)
}
