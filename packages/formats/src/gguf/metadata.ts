import { quote } from '../quote.ts'
import type { Cursor } from './cursor.ts'

/** A key's value in the metadata of a file. Integers of 64 bits are rounded to the nearest number. */
export type GgufValue = string | number | boolean

interface ValueType {
  readonly width: number
  readonly read: (view: DataView, at: number) => GgufValue
}

/** Types of values by their number: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. */
const valueTypes: Readonly<Record<number, ValueType>> = {
  0: { width: 1, read: (view, at) => view.getUint8(at) },
  1: { width: 1, read: (view, at) => view.getInt8(at) },
  2: { width: 2, read: (view, at) => view.getUint16(at, true) },
  3: { width: 2, read: (view, at) => view.getInt16(at, true) },
  4: { width: 4, read: (view, at) => view.getUint32(at, true) },
  5: { width: 4, read: (view, at) => view.getInt32(at, true) },
  6: { width: 4, read: (view, at) => view.getFloat32(at, true) },
  7: { width: 1, read: (view, at) => view.getUint8(at) !== 0 },
  10: { width: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
  11: { width: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  12: { width: 8, read: (view, at) => view.getFloat64(at, true) },
}
const stringType = 8
const arrayType = 9

/** Reads `count` keys with their values. Arrays are passed over: they are the vocabularies of language models. */
export function readMetadata(cursor: Cursor, count: number): ReadonlyMap<string, GgufValue> {
  const values = new Map<string, GgufValue>()
  const keys = new Set<string>()
  for (let index = 0; index < count; index += 1) {
    const start = cursor.offset
    const key = cursor.text(`key ${index}`)
    if (keys.has(key)) throw cursor.error(`key ${index}`, 'each key once', `${quote(key)} twice`, start)
    keys.add(key)
    const value = readValue(cursor, quote(key))
    if (value !== null) values.set(key, value)
  }
  return values
}

function readValue(cursor: Cursor, what: string): GgufValue | null {
  const at = cursor.offset
  const type = cursor.u32(`${what}, type`)
  if (type === stringType) return cursor.text(what)
  if (type === arrayType) return skipArray(cursor, what)
  const { width, read } = scalarType(cursor, type, what, at)
  return cursor.value(width, what, read)
}

function skipArray(cursor: Cursor, what: string): null {
  const at = cursor.offset
  const type = cursor.u32(`${what}, type of its elements`)
  const count = cursor.u64(`${what}, count`)
  if (type !== stringType) {
    cursor.skip(count * scalarType(cursor, type, what, at).width, what)
    return null
  }
  for (let index = 0; index < count; index += 1) cursor.skip(cursor.u64(`${what}, length`), what)
  return null
}

function scalarType(cursor: Cursor, type: number, what: string, at: number): ValueType {
  const found = Object.hasOwn(valueTypes, type) ? valueTypes[type] : undefined
  if (found === undefined) throw cursor.error(what, 'a type of GGUF values', `${type}`, at)
  return found
}
