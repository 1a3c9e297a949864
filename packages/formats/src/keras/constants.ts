import { FormatError, type Shape } from '@depthwise/core'
import { isObject, preview } from '../json.ts'

/** Numbers that stand in a configuration. */
export interface Constant {
  readonly shape: Shape
  readonly values: readonly number[]
}

/** Deeper than any constant that belongs to an image. */
const maxRank = 8

/** Keras wraps arrays of NumPy, and tensors, in an object. Returns the lists of numbers inside, or the value itself. */
export function unwrapArray(json: unknown): unknown {
  if (!isObject(json) || (json['class_name'] !== '__numpy__' && json['class_name'] !== '__tensor__')) return json
  return isObject(json['config']) ? json['config']['value'] : undefined
}

/** Enough for one number per channel. A nested model that is called a thousand times reads its constants as often. */
const maxNumbers = 4096

/**
 * Reads a number, lists of numbers in each other, or a wrapped array.
 * @throws FormatError for anything else
 */
export function parseConstant(json: unknown, where: string): Constant {
  const value = unwrapArray(json)
  const shape: number[] = []
  let level: readonly unknown[] = [value]
  while (level.some(Array.isArray)) {
    const extent = Array.isArray(level[0]) ? level[0].length : 0
    const even = level.every(item => Array.isArray(item) && item.length === extent)
    if (!even || extent === 0 || shape.length === maxRank) throw malformed(json, where)
    shape.push(extent)
    level = (level as readonly (readonly unknown[])[]).flat()
  }
  if (level.length > maxNumbers) {
    throw new FormatError({ where, expected: `at most ${maxNumbers} numbers`, found: `${level.length}` })
  }
  if (!level.every(item => Number.isFinite(item))) throw malformed(json, where)
  return { shape, values: level as readonly number[] }
}

const malformed = (json: unknown, where: string): FormatError =>
  new FormatError({ where, expected: 'a number, or an array of numbers', found: preview(json) })
