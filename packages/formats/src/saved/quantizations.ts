import type { Params, Quantization, Tensor } from '@depthwise/core'
import { asList, asNumber, asObject, parseJsonText, preview } from '../json.ts'
import { canonicalJson } from './canonical.ts'

/** The key under which the scales and zero points of quantized parameters stand, by name. */
const quantizationsKey = 'depthwise.quantizations'

/** The entry of metadata that says how integers among parameters stand for reals; none where there are no such. */
export function encodeQuantizations(params: Params): Readonly<Record<string, string>> {
  const entries = [...params].flatMap(([name, { quantization }]) =>
    quantization ? [[name, quantization] as const] : [],
  )
  return entries.length === 0 ? {} : { [quantizationsKey]: canonicalJson(Object.fromEntries(entries)) }
}

/**
 * Tensors with the scales and zero points that `encodeQuantizations` wrote for them; whether these fit is for `checkParams` to say.
 * @throws FormatError naming the field
 */
export function withQuantizations(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>>,
): ReadonlyMap<string, Tensor> {
  const text = metadata[quantizationsKey]
  if (text === undefined) return tensors
  const quantized = new Map(tensors)
  for (const [name, json] of Object.entries(asObject(parseJsonText(text, quantizationsKey), quantizationsKey))) {
    const value = tensors.get(name)
    const quantization = decoded(json, `${quantizationsKey}, ${preview(name)}`)
    if (value) quantized.set(name, { ...value, quantization })
  }
  return quantized
}

function decoded(json: unknown, where: string): Quantization {
  const { scale, zeroPoint, axis } = asObject(json, where)
  if (axis === undefined) return { scale: asNumber(scale, where), zeroPoint: asNumber(zeroPoint, where) }
  const numbers = (list: unknown): readonly number[] => asList(list, where).map(each => asNumber(each, where))
  return { scale: numbers(scale), zeroPoint: numbers(zeroPoint), axis: asNumber(axis, where) }
}
