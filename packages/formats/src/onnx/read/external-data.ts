import { type BytesLike, FormatError, OptionError } from '@depthwise/core'
import { toBytes } from '@depthwise/core/backend'
import { quote } from '../../quote.ts'
import type { ModelMessage, TensorMessage } from '../schema.ts'
import { decodeModel } from './model.ts'

// Tensors whose numbers lie in files beside the model (https://onnx.ai/onnx/repo-docs/ExternalData.html).

/** The bytes of files beside a model, by the locations that the model names: an object, a map, or a function. */
export type ExternalData =
  | Readonly<Record<string, BytesLike>>
  | ReadonlyMap<string, BytesLike>
  | ((location: string) => BytesLike | undefined)

/** `TensorProto.DataLocation`. */
const external = 1

interface Stored {
  readonly tensor: TensorMessage
  readonly label: string
}

/** `externalDataFiles` of bytes that are all there. */
export function externalFilesOf(bytes: Uint8Array): readonly string[] {
  const model = decodeModel(bytes)
  return [...new Set(Array.from(externalTensors(model), ({ tensor, label }) => locationOf(tensor, label)))]
}

/** Tensors of a model that lie in other files: initializers, and values of attributes. */
function* externalTensors({ graph = {} }: ModelMessage): Generator<Stored> {
  for (const tensor of graph.initializer ?? []) {
    if (isExternal(tensor)) yield { tensor, label: `initializer ${quote(tensor.name ?? '')}` }
  }
  for (const [index, { name = '', attribute = [] }] of (graph.node ?? []).entries()) {
    for (const { name: role = '', t: tensor } of attribute) {
      if (!tensor || !isExternal(tensor)) continue
      yield { tensor, label: `node ${index} ${quote(name)}, attribute ${quote(role)}` }
    }
  }
}

/** A tensor that names a file and stores no bytes counts as external, even without the flag. */
export function isExternal({ dataLocation = 0, externalData, rawData }: TensorMessage): boolean {
  return dataLocation === external || (externalData !== undefined && !rawData)
}

/** The files beside a model, each asked for once. */
export class ExternalFiles {
  readonly #files = new Map<string, Uint8Array>()

  /**
   * @throws OptionError for files that were not passed, naming all of them and a tensor of the first; FormatError for names
   * that leave the folder
   */
  constructor(model: ModelMessage, given: ExternalData | undefined) {
    const missing = new Map<string, string>()
    for (const { tensor, label } of externalTensors(model)) {
      const location = locationOf(tensor, label)
      if (this.#files.has(location) || missing.has(location)) continue
      const file = lookUp(given, location)
      if (file === undefined) missing.set(location, label)
      else this.#files.set(location, toBytes(file, `option externalData, ${quote(location)}`))
    }
    if (missing.size > 0) throw notGiven(missing)
  }

  /** Bytes of all files together. */
  get size(): number {
    return [...this.#files.values()].reduce((sum, file) => sum + file.length, 0)
  }

  /**
   * The bytes of a tensor. A file that states no length means as many bytes as the tensor has.
   * @throws FormatError for a place outside of the file
   */
  bytesOf(tensor: TensorMessage, size: number, label: string): Uint8Array {
    const location = locationOf(tensor, label)
    const file = this.#files.get(location) as Uint8Array
    const offset = integerOf(tensor, 'offset', label) ?? 0
    const length = integerOf(tensor, 'length', label) ?? size
    if (offset + length > file.length) {
      const found = `a file of ${file.length}`
      throw new FormatError({
        where: `${label}, external_data`,
        expected: `${length} bytes from byte ${offset} of ${quote(location)}`,
        found,
      })
    }
    return file.subarray(offset, offset + length)
  }
}

function lookUp(given: ExternalData | undefined, location: string): BytesLike | undefined {
  if (typeof given === 'function') return given(location)
  // Not `instanceof Map`: maps of another realm are maps too.
  if (isMap(given)) return given.get(location)
  return given && Object.hasOwn(given, location) ? given[location] : undefined
}

function isMap(given: ExternalData | undefined): given is ReadonlyMap<string, BytesLike> {
  return typeof (given as { get?: unknown } | undefined)?.get === 'function'
}

function notGiven(missing: ReadonlyMap<string, string>): OptionError {
  const [[location, label]] = [...missing] as unknown as readonly [readonly [string, string]]
  const name = JSON.stringify(location.slice(0, 255))
  const others = [...missing.keys()].slice(1)
  const more = `${others.slice(0, 4).map(quote).join(', ')}${others.length > 4 ? ', ...' : ''}`
  const how = `{ externalData: { ${name}: bytes${others.length > 0 ? ', ...' : ''} } }`
  return new OptionError({
    where: 'option externalData',
    expected: `the file ${name}, which holds ${label}, passed as ${how}`,
    found: others.length > 0 ? `neither it nor ${more}` : 'no such file',
  })
}

function entryOf({ externalData = [] }: TensorMessage, key: string): string | undefined {
  return externalData.find(entry => entry.key === key)?.value
}

/** A relative name within the folder of the model, as it stands in the file. */
function locationOf(tensor: TensorMessage, label: string): string {
  const location = entryOf(tensor, 'location') ?? ''
  const isPlain = location !== '' && !/^\/|\\|^[a-z][a-z0-9+.-]*:|\p{Cc}/iu.test(location)
  if (isPlain && !location.split('/').includes('..')) return location
  throw new FormatError({
    where: `${label}, external_data`,
    expected: 'the name of a file in the folder of the model',
    found: location === '' ? 'none' : quote(location),
  })
}

function integerOf(tensor: TensorMessage, key: 'offset' | 'length', label: string): number | null {
  const text = entryOf(tensor, key)
  if (text === undefined) return null
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new FormatError({
    where: `${label}, external_data`,
    expected: `a number of bytes as ${key}`,
    found: quote(text),
  })
}
