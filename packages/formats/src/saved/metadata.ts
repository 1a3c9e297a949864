import type { ChannelStatistics, Metadata, Preprocessing, Resampling } from '@depthwise/core'
import type { PerTensorQuantization } from '@depthwise/core/backend'
import { asList, asNumber, asObject, asString, fail, isObject, parseJsonText, preview } from '../json.ts'
import { canonicalJson } from './canonical.ts'

type Rules<T> = { readonly [K in keyof T]-?: (value: unknown, where: string) => NonNullable<T[K]> }

const resampling: Rules<Resampling> = {
  filter: oneOf(['bilinear', 'bicubic']),
  antialias: (value, where) => (typeof value === 'boolean' ? value : fail(where, 'true or false', value)),
}

const centre = {
  kind: oneOf(['centre']),
  fraction: (value: unknown, where: string): number => {
    const fraction = asNumber(value, where)
    return fraction > 0 && fraction <= 1 ? fraction : fail(where, 'a number in (0, 1]', value)
  },
}

const statistics = {
  mean: perChannel,
  std: (value: unknown, where: string): number | readonly number[] => {
    const std = perChannel(value, where)
    return [std].flat().includes(0) ? fail(where, 'numbers other than 0', value) : std
  },
}

const order: Rules<Pick<ChannelStatistics, 'order'>> = { order: oneOf(['rgb', 'bgr']) }

const cropNames = oneOf(['squeeze', 'slim', 'torch', 'letterbox', 'drawing'])
const normalizationNames = oneOf(['signed', 'unit', 'imagenet', 'raw'])

const preprocessing: Rules<Preprocessing> = {
  crop: (value, where) => (isObject(value) ? whole(centre, value, where) : cropNames(value, where)),
  resampling: (value, where) => whole(resampling, value, where),
  normalization: (value, where) =>
    isObject(value)
      ? { ...whole(statistics, value, where), ...some(order, value, where) }
      : normalizationNames(value, where),
}

const quantization: Rules<PerTensorQuantization> = { scale: asNumber, zeroPoint: asNumber }

/** How each field of metadata is read. A new field without its row does not compile. */
const fields: Rules<Metadata> = {
  format: asString,
  name: asString,
  licence: asString,
  source: asString,
  preprocessing: (value, where) => some(preprocessing, value, where),
  labels: (value, where) => asList(value, where).map(label => asString(label, where)),
  inputQuantization: (value, where) => {
    const entries = Object.entries(asObject(value, where))
    return Object.fromEntries(
      entries.map(([name, each]) => [name, whole(quantization, each, `${where}, ${preview(name)}`)]),
    )
  },
  realNodes: (value, where) => {
    const entries = Object.entries(asObject(value, where))
    return Object.fromEntries(entries.map(([name, reason]) => [name, asString(reason, `${where}, ${preview(name)}`)]))
  },
}

/** The keys under which files that have room for properties keep what is known of a model, its graph, and what follows that. */
export const metadataKey = 'depthwise.metadata'
export const graphKey = 'depthwise.graph'
export const tailKey = 'depthwise.tail'

/**
 * Metadata as JSON text, but for the format: what a model was read from is none of its properties.
 * @throws FormatError naming a field that could not be read again
 */
export function encodeMetadata({ format: _, ...metadata }: Metadata): string {
  const text = canonicalJson(metadata)
  decodeMetadata(text)
  return text
}

/**
 * Metadata out of JSON text, every field checked; fields that are not known are left out.
 * @throws FormatError naming the field
 */
export function decodeMetadata(text: string): Metadata {
  return some(fields, parseJsonText(text, metadataKey), metadataKey)
}

/** The fields that are there. */
function some<T>(rules: Rules<T>, json: unknown, where: string): Partial<T> {
  const object = asObject(json, where)
  const known = (Object.keys(rules) as (keyof T & string)[]).filter(name => Object.hasOwn(object, name))
  const entries = known.map(name => [name, rules[name](object[name], `${where}, field ${name}`)] as const)
  return Object.fromEntries(entries) as Partial<T>
}

/** All fields, none of which may be missing. */
function whole<T>(rules: Rules<T>, json: unknown, where: string): T {
  const missing = Object.keys(rules).find(name => !Object.hasOwn(asObject(json, where), name))
  if (missing !== undefined) fail(`${where}, field ${missing}`, 'a value', undefined)
  return some(rules, json, where) as T
}

/** One number for all channels, or one per channel of an image. */
function perChannel(value: unknown, where: string): number | readonly number[] {
  if (!Array.isArray(value)) return asNumber(value, where)
  if (value.length !== 1 && value.length !== 3) fail(where, 'a number, or 3 of them', value)
  return value.map(each => asNumber(each, where))
}

function oneOf<const T extends string>(words: readonly T[]): (value: unknown, where: string) => T {
  return (value, where) => words.find(word => word === value) ?? fail(where, words.join(', '), value)
}
