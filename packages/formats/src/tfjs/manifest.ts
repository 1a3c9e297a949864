import { FormatError, type Tensor } from '@depthwise/core'
import { checkShape, elementCount } from '@depthwise/core/backend'
import { decodeElements, type ElementType, elementTypes } from '../elements.ts'
import { asIntegers, asList, asNumber, asObject, asString, isObject, type JsonObject, preview } from '../json.ts'
import { within } from '../within.ts'

/** A group of weights, one behind the other in the bytes of its shards put together. */
export interface WeightGroup {
  /** Files beside `model.json`, in their order. */
  readonly paths: readonly string[]
  readonly weights: readonly StoredWeight[]
  readonly where: string
}

export interface StoredWeight {
  readonly name: string
  readonly shape: readonly number[]
  /** How the numbers lie in the file. */
  readonly stored: ElementType
  /** Real value = `stored * scale + min`; null where the numbers are the values. */
  readonly affine: { readonly scale: number; readonly min: number } | null
  readonly where: string
}

const plainTypes: Readonly<Record<string, ElementType>> = {
  float32: 'float32',
  int32: 'int32',
  uint8: 'uint8',
  bool: 'bool',
  float16: 'float16',
}

/**
 * @param file what errors call the file
 * @throws FormatError naming the group, weight and field
 */
export function parseManifest(json: unknown, file: string): readonly WeightGroup[] {
  return asList(json, `${file}, field weightsManifest`).map((entry, index) => {
    const where = `${file}, weights group ${index}`
    const group = asObject(entry, where)
    const paths = asList(group['paths'], `${where}, field paths`).map(path => fileName(path, `${where}, field paths`))
    const weights = asList(group['weights'], `${where}, field weights`).map(weight => parseWeight(weight, where, file))
    return { paths, weights, where }
  })
}

function parseWeight(json: unknown, group: string, file: string): StoredWeight {
  const fields = asObject(json, group)
  const name = asString(fields['name'], `${group}, a name`)
  const where = `${file}, weight "${name.slice(0, 160)}"`
  const shape = asIntegers(fields['shape'], `${where}, field shape`)
  within(`${where}, field shape`, () => checkShape(shape, where))
  const quantization = fields['quantization']
  if (isObject(quantization))
    return { name, shape, where, ...parseQuantization(quantization, `${where}, quantization`) }
  return { name, shape, where, stored: typeOf(fields['dtype'], `${where}, field dtype`), affine: null }
}

/** Floats that were stored as bytes, as pairs of bytes, or as halves, which have neither scale nor min. */
function parseQuantization(fields: JsonObject, where: string): Pick<StoredWeight, 'stored' | 'affine'> {
  const dtype = fields['dtype']
  if (dtype === 'float16') return { stored: 'float16', affine: null }
  if (dtype !== 'uint8' && dtype !== 'uint16') {
    throw new FormatError({
      where: `${where}, field dtype`,
      expected: 'uint8, uint16 or float16',
      found: preview(dtype),
    })
  }
  const scale = asNumber(fields['scale'], `${where}, field scale`)
  const min = asNumber(fields['min'], `${where}, field min`)
  return { stored: dtype, affine: { scale, min } }
}

function typeOf(value: unknown, where: string): ElementType {
  const name = asString(value, where)
  const type = Object.hasOwn(plainTypes, name) ? plainTypes[name] : undefined
  if (type) return type
  throw new FormatError({ where, expected: Object.keys(plainTypes).join(', '), found: preview(name) })
}

/** A file of the same folder: a model from elsewhere must not choose what else is read. */
function fileName(value: unknown, where: string): string {
  // TensorFlow.js' own downloads say `./model.weights.bin`.
  const name = asString(value, where).replace(/^(\.\/)+/, '')
  if (/^[\w.()@ -]{1,200}$/.test(name) && !name.startsWith('.')) return name
  throw new FormatError({ where, expected: 'the name of a file beside model.json', found: preview(value) })
}

/**
 * The weights of all groups by name.
 * @param shards the bytes of each group, its files put together
 */
export function decodeWeights(groups: readonly WeightGroup[], shards: readonly Uint8Array[]): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>()
  for (const [index, { weights, where }] of groups.entries()) {
    const bytes = shards[index] as Uint8Array
    let at = 0
    for (const weight of weights) {
      if (tensors.has(weight.name)) {
        throw new FormatError({ where: weight.where, expected: 'a name of its own', found: 'one already taken' })
      }
      const size = elementCount(weight.shape) * elementTypes[weight.stored].width
      if (at + size > bytes.length) {
        const found = `${bytes.length - at} left`
        throw new FormatError({ where: weight.where, expected: `${size} bytes in its group's files`, found })
      }
      tensors.set(weight.name, decode(bytes.subarray(at, at + size), weight))
      at += size
    }
    if (at !== bytes.length) {
      throw new FormatError({ where, expected: `${at} bytes in its files`, found: `${bytes.length}` })
    }
  }
  return tensors
}

function decode(bytes: Uint8Array, { stored, shape, affine, where }: StoredWeight): Tensor {
  const tensor = decodeElements(bytes, stored, shape, where)
  if (!affine) return tensor
  return { dtype: 'float32', shape, data: Float32Array.from(tensor.data, value => value * affine.scale + affine.min) }
}
