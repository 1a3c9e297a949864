import type { Tail } from './tail.ts'

/** What files say that hold a tail. */
export const tailFormat = 'depthwise-tail'
export const tailVersion = 1

/** Plain JSON data of a tail; `tailFromJSON(tailToJSON(t))` equals `t`. Numbers that JSON cannot hold are written as text. */
export function tailToJSON(tail: Tail): Record<string, unknown> {
  const constants = tail.constants.map(({ data, ...type }) => ({ ...type, data: Array.from(data, toPlain) }))
  return {
    format: tailFormat,
    version: tailVersion,
    ...(withPlainNumbers({ ...tail, constants: [] }) as object),
    constants,
  }
}

/** Data with every number that JSON cannot hold as text. */
function withPlainNumbers(data: unknown): unknown {
  if (typeof data === 'number') return toPlain(data)
  if (Array.isArray(data)) return data.map(withPlainNumbers)
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(Object.entries(data).map(([key, each]) => [key, withPlainNumbers(each)]))
}

/** A number that JSON cannot hold as text. */
const toPlain = (number: number): number | string =>
  Number.isFinite(number) && !Object.is(number, -0) ? number : Object.is(number, -0) ? '-0' : `${number}`
