import type { Shape, Tensor } from '@depthwise/core'
import { checkShape, elementCount } from '@depthwise/core/backend'
import { decodeElements, type ElementType, elementTypes } from '../elements.ts'
import { quote } from '../quote.ts'
import { within } from '../within.ts'
import { Cursor } from './cursor.ts'
import { type GgufValue, readMetadata } from './metadata.ts'

// The format as https://github.com/ggml-org/ggml/blob/master/docs/gguf.md describes it.

/** What a GGUF file holds. */
export interface Gguf {
  /** By name, in the order of the file. Shapes are in row-major order, the reverse of the file's. */
  readonly tensors: ReadonlyMap<string, Tensor>
  /** Single values by key, such as `general.architecture`. Arrays are left out. */
  readonly metadata: ReadonlyMap<string, GgufValue>
}

/** The types of ggml that a tensor of core can take. The others are blocks of a few bits an element with common scales. */
const storedTypes: Readonly<Record<number, ElementType>> = {
  0: 'float32',
  1: 'float16',
  24: 'int8',
  25: 'int16',
  26: 'int32',
  27: 'int64',
  28: 'float64',
  30: 'bfloat16',
}

/** Bounds of ggml: `GGML_MAX_DIMS`, and a name with its final zero. */
const maxRank = 4
const maxName = 63

interface StoredTensor {
  readonly name: string
  readonly type: ElementType
  readonly shape: Shape
  /** From the start of the data. */
  readonly offset: number
  readonly size: number
  /** Of the offset in the file. */
  readonly at: number
}

/** `readGguf` of `networks.ts`, for a file that starts as GGUF does. */
export function readGgufFile(bytes: Uint8Array): Gguf {
  const cursor = new Cursor(bytes)
  cursor.skip(4, 'magic')
  checkVersion(cursor)
  const tensorCount = cursor.u64('count of tensors')
  const keyCount = cursor.u64('count of keys')
  const metadata = readMetadata(cursor, keyCount)
  const stored = new Map<string, StoredTensor>()
  for (let index = 0; index < tensorCount; index += 1) {
    const at = cursor.offset
    const tensor = readEntry(cursor, index)
    if (stored.has(tensor.name))
      throw cursor.error(`tensor ${index}`, 'each name once', `${quote(tensor.name)} twice`, at)
    stored.set(tensor.name, tensor)
  }
  const alignment = alignmentOf(cursor, metadata)
  const data = bytes.subarray(aligned(cursor.offset, alignment))
  checkLayout(cursor, [...stored.values()], data.length, alignment)
  const tensors = new Map<string, Tensor>()
  for (const { name, type, shape, offset, size } of stored.values()) {
    tensors.set(name, decodeElements(data.subarray(offset, offset + size), type, shape, `gguf, tensor ${quote(name)}`))
  }
  return { tensors, metadata }
}

function checkVersion(cursor: Cursor): void {
  const at = cursor.offset
  const version = cursor.u32('version')
  if (version === 2 || version === 3) return
  const isBigEndian = version >>> 16 !== 0 && (version & 0xffff) === 0
  throw cursor.error('version', '2 or 3, low byte first', isBigEndian ? 'a big-endian file' : `${version}`, at)
}

function readEntry(cursor: Cursor, index: number): StoredTensor {
  const start = cursor.offset
  const name = cursor.text(`tensor ${index}`)
  const what = `tensor ${quote(name)}`
  if (name.length > maxName)
    throw cursor.error(what, `a name of at most ${maxName} characters`, `${name.length}`, start)
  const rankAt = cursor.offset
  const rank = cursor.u32(`${what}, rank`)
  if (rank > maxRank) throw cursor.error(`${what}, rank`, `at most ${maxRank}`, `${rank}`, rankAt)
  // The file names the innermost axis first.
  const shape = Array.from({ length: rank }, () => cursor.u64(`${what}, shape`)).reverse()
  within(`gguf, ${what}`, () => checkShape(shape, 'shape'))
  const typeAt = cursor.offset
  const type = cursor.u32(`${what}, type`)
  const stored = Object.hasOwn(storedTypes, type) ? storedTypes[type] : undefined
  if (stored === undefined) {
    const expected = 'elements of their own (F32, F16, BF16, F64, I8, I16, I32, I64)'
    throw cursor.error(`${what}, type`, expected, `${type}, a quantisation in blocks or an unknown type`, typeAt)
  }
  const at = cursor.offset
  const offset = cursor.u64(`${what}, offset`)
  return { name, type: stored, shape, offset, size: elementCount(shape) * elementTypes[stored].width, at }
}

function alignmentOf(cursor: Cursor, metadata: ReadonlyMap<string, GgufValue>): number {
  const value = metadata.get('general.alignment') ?? 32
  const isPower = typeof value === 'number' && value >= 1 && value <= 2 ** 30 && Number.isInteger(Math.log2(value))
  if (!isPower) throw cursor.error('general.alignment', 'a power of 2', String(value).slice(0, 80))
  return value
}

/** Tensors lie one after another, each from the next multiple of the alignment on, as in ggml. So no byte is decoded twice. */
function checkLayout(cursor: Cursor, tensors: readonly StoredTensor[], length: number, alignment: number): void {
  let next = 0
  for (const { name, offset, size, at } of tensors) {
    const what = `tensor ${quote(name)}, offset`
    if (offset !== next) throw cursor.error(what, `${next}`, `${offset}`, at)
    if (offset + size > length)
      throw cursor.error(what, `${size} bytes there`, `${length - offset} left in the file`, at)
    next = aligned(offset + size, alignment)
  }
}

function aligned(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment
}
