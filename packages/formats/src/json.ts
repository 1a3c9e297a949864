import { FormatError } from '@depthwise/core'
import { decodeStrictly } from './text.ts'

/** A JSON object whose fields are not believed yet. */
export type JsonObject = Readonly<Record<string, unknown>>

/** @throws FormatError for bytes that are not UTF-8, or not JSON */
export function parseJson(bytes: Uint8Array, where: string): unknown {
  const text = decodeStrictly(bytes)
  if (text === null) throw new FormatError({ where, expected: 'UTF-8', found: 'other bytes' })
  return parseJsonText(text, where)
}

/** @throws FormatError for text that is not JSON */
export function parseJsonText(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new FormatError({ where, expected: 'JSON', found: preview(text.slice(0, 40)), cause })
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function asObject(value: unknown, where: string): JsonObject {
  return isObject(value) ? value : fail(where, 'an object', value)
}

export function asList(value: unknown, where: string): readonly unknown[] {
  return Array.isArray(value) ? value : fail(where, 'a list', value)
}

export function asString(value: unknown, where: string): string {
  return typeof value === 'string' ? value : fail(where, 'a string', value)
}

/** An integer of at least `least`. */
export function asInteger(value: unknown, where: string, min = 0): number {
  const fits = Number.isSafeInteger(value) && (value as number) >= min
  return fits ? (value as number) : fail(where, `an integer of at least ${min}`, value)
}

export function asNumber(value: unknown, where: string): number {
  return Number.isFinite(value) ? (value as number) : fail(where, 'a number', value)
}

/** A list of integers of at least `least`. */
export function asIntegers(value: unknown, where: string, min = 0): readonly number[] {
  return asList(value, where).map(item => asInteger(item, where, min))
}

/** How errors show a value: its JSON, cut short, and nothing of what lies deep in it. */
export function preview(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (isObject(value)) return 'an object'
  return JSON.stringify(typeof value === 'string' ? value.slice(0, 80) : value)
}

/** @throws FormatError that shows the value */
export function fail(where: string, expected: string, value: unknown): never {
  throw new FormatError({ where, expected, found: preview(value) })
}
