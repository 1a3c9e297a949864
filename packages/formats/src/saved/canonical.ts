import { isObject } from '../json.ts'

/** JSON text with the keys of every object in order: equal data makes equal text, however it was put together. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (!isObject(each)) return each
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
