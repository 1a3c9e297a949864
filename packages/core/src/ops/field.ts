import type { Padding, Size2 } from './window.ts'

/** One attribute's domain: how to tell a good value, in words and in code, and how it crosses JSON. */
export interface Field<T> {
  readonly expected: string
  accepts(value: unknown): boolean
  /** To plain JSON, where the value is not its own (infinities and negative zero have no JSON number). */
  encode?(value: T): unknown
  decode?(json: unknown): unknown
}

const isCount = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) < 2 ** 31
const isNonNegative = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31
const isReal = (value: unknown): boolean => typeof value === 'number' && !Number.isNaN(value)
const isPair = (value: unknown, each: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length === 2 && value.every(each)
const isName = (value: unknown): boolean => typeof value === 'string' && value.length > 0

function isRecordOf(value: unknown, keys: readonly string[], each: (item: unknown) => boolean): boolean {
  if (typeof value !== 'object' || value === null) return false
  return keys.every(key => each((value as Record<string, unknown>)[key])) && Object.keys(value).length === keys.length
}

const spelt: ReadonlyMap<unknown, number> = new Map([
  ['inf', Infinity],
  ['-inf', -Infinity],
  ['-0', -0],
])
const encodeReal = (value: number): unknown => [...spelt].find(([, number]) => Object.is(number, value))?.[0] ?? value
const decodeReal = (json: unknown): unknown => spelt.get(json) ?? json

export const count: Field<number> = { expected: 'a positive integer', accepts: isCount }
export const axis: Field<number> = { expected: 'an axis of at least 1 (0 is the batch)', accepts: isCount }
export const flag: Field<boolean> = { expected: 'true or false', accepts: value => typeof value === 'boolean' }
export const size2: Field<Size2> = {
  expected: 'two positive integers [height, width]',
  accepts: value => isPair(value, isCount),
}
export const padding: Field<Padding> = {
  expected: 'top, bottom, left and right, integers of at least 0',
  accepts: value => isRecordOf(value, ['top', 'bottom', 'left', 'right'], isNonNegative),
}
export const real: Field<number> = { expected: 'a number', accepts: isReal, encode: encodeReal, decode: decodeReal }
export const epsilon: Field<number> = {
  expected: 'a finite number of at least 0',
  accepts: value => Number.isFinite(value) && (value as number) >= 0,
  encode: encodeReal,
  decode: decodeReal,
}
export const rate: Field<number> = {
  expected: 'a rate in [0, 1)',
  accepts: value => isReal(value) && (value as number) >= 0 && (value as number) < 1,
  encode: encodeReal,
  decode: decodeReal,
}
export const reals: Field<readonly number[]> = {
  expected: 'a list of finite numbers',
  accepts: value => Array.isArray(value) && value.every(Number.isFinite),
  encode: values => values.map(encodeReal),
  decode: json => (Array.isArray(json) ? json.map(decodeReal) : json),
}
export const counts: Field<readonly number[]> = {
  expected: 'a list of positive integers',
  accepts: value => Array.isArray(value) && value.every(isCount),
}
export const pairs: Field<readonly (readonly [number, number])[]> = {
  expected: 'a list of [before, after] pairs of integers of at least 0',
  accepts: value => Array.isArray(value) && value.every(pair => isPair(pair, isNonNegative)),
}
export const param: Field<string> = { expected: 'the name of a parameter', accepts: isName }
export const optionalParam: Field<string | null> = {
  expected: 'the name of a parameter, or null',
  accepts: value => value === null || isName(value),
}

export const optionalScales: Field<readonly [number, number] | null> = {
  expected: 'null or two numbers above 0',
  accepts: value =>
    value === null || isPair(value, scale => isReal(scale) && (scale as number) > 0 && (scale as number) < Infinity),
}

/** One of a few words. */
export function oneOf<T extends string>(words: readonly T[]): Field<T> {
  return { expected: `one of ${words.join(', ')}`, accepts: value => words.includes(value as T) }
}

/** Whether an attribute names a parameter. */
export function isParamField(field: unknown): boolean {
  return field === param || field === optionalParam
}
