import { FormatError, type Shape } from '@depthwise/core'
import { checkShape, elementCount } from '@depthwise/core/backend'
import { type ElementType, elementTypes } from '../elements.ts'
import { asIntegers, asObject, asString, parseJsonText, preview } from '../json.ts'
import { decodeStrictly } from '../text.ts'
import { within } from '../within.ts'
import { duplicateKey } from './duplicate-key.ts'
import { storedTypes } from './types.ts'

// The format as https://huggingface.co/docs/safetensors describes it: 8 bytes of header length, a JSON header, the data.

/** One tensor as the header lists it; `begin` and `end` count from the start of the file. */
export interface StoredTensor {
  readonly name: string
  readonly type: ElementType
  readonly shape: Shape
  readonly begin: number
  readonly end: number
}

export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>
  /** In the order of the header. */
  readonly tensors: readonly StoredTensor[]
}

/** The bound of the reference implementation. */
const longestHeader = 100_000_000

/**
 * Reads and checks the header: every tensor's bytes are as many as dtype and shape ask for, and all of them together cover
 * the data, without overlap, hole or rest.
 * @throws FormatError naming the tensor and field
 */
export function readHeader(bytes: Uint8Array): SafetensorsHeader {
  const length = headerLength(bytes)
  const text = decodeStrictly(bytes.subarray(8, 8 + length))
  if (text === null) throw formatError('safetensors, header', 'UTF-8', 'other bytes')
  const header = asObject(parseJsonText(text, 'safetensors, header'), 'safetensors, header')
  const twice = duplicateKey(text)
  if (twice !== null) throw formatError('safetensors, header', 'each key once', `${preview(twice)} twice`)
  const { __metadata__: metadata = {}, ...entries } = header
  const tensors = Object.entries(entries).map(([name, entry]) => readEntry(name, entry, 8 + length))
  checkCover(tensors, 8 + length, bytes.length)
  return { metadata: readMetadata(metadata), tensors }
}

function headerLength(bytes: Uint8Array): number {
  if (bytes.length < 8) throw formatError('safetensors', 'at least 8 bytes', `${bytes.length}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getUint32(0, true) + 2 ** 32 * view.getUint32(4, true)
  const max = Math.min(longestHeader, bytes.length - 8)
  if (length > max) throw formatError('safetensors, byte 0', `a header of at most ${max} bytes`, `${length}`)
  if (bytes[8] !== 0x7b) throw formatError('safetensors, byte 8', 'a JSON object', 'other bytes')
  return length
}

function readMetadata(value: unknown): Readonly<Record<string, string>> {
  const where = 'safetensors, __metadata__'
  const entries = Object.entries(asObject(value, where))
  return Object.fromEntries(entries.map(([key, text]) => [key, asString(text, `${where}, ${preview(key)}`)]))
}

function readEntry(name: string, value: unknown, dataStart: number): StoredTensor {
  const where = label(name)
  const entry = asObject(value, where)
  const dtype = asString(entry['dtype'], `${where}, dtype`)
  const type = Object.hasOwn(storedTypes, dtype) ? storedTypes[dtype] : undefined
  if (!type) throw formatError(`${where}, dtype`, Object.keys(storedTypes).join(', '), preview(dtype))
  const shape = asIntegers(entry['shape'], `${where}, shape`)
  within(`${where}, shape`, () => checkShape(shape, `${where}, shape`))
  const offsets = asIntegers(entry['data_offsets'], `${where}, data_offsets`)
  const [begin, end] = offsets as [number, number]
  if (offsets.length !== 2) throw formatError(`${where}, data_offsets`, 'two numbers', `${offsets.length}`)
  const size = elementCount(shape) * elementTypes[type].width
  if (end - begin !== size) throw formatError(`${where}, data_offsets`, `${size} bytes`, `${begin} to ${end}`)
  return { name, type, shape, begin: dataStart + begin, end: dataStart + end }
}

function checkCover(tensors: readonly StoredTensor[], dataStart: number, fileEnd: number): void {
  let covered = dataStart
  for (const { name, begin, end } of [...tensors].sort((a, b) => a.begin - b.begin)) {
    if (begin !== covered) {
      const found = `${begin - dataStart}, ${begin < covered ? 'inside another tensor' : 'behind a hole'}`
      throw formatError(`${label(name)}, data_offsets`, `data from ${covered - dataStart}`, found)
    }
    covered = end
  }
  if (covered !== fileEnd) throw formatError('safetensors', `a file of ${covered} bytes`, `${fileEnd}`)
}

export function label(name: string): string {
  return `safetensors, tensor ${preview(name)}`
}

function formatError(where: string, expected: string, found: string): FormatError {
  return new FormatError({ where, expected, found })
}
