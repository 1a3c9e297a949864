import { type DType, FormatError } from '@depthwise/core'
import type { ElementType } from '../elements.ts'

/** NumPy's kinds of numbers: the letter and the bytes of one element. */
const kinds: Readonly<Record<string, ElementType>> = {
  b1: 'bool',
  u1: 'uint8',
  i1: 'int8',
  u2: 'uint16',
  i2: 'int16',
  u4: 'uint32',
  i4: 'int32',
  u8: 'uint64',
  i8: 'int64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
}

/**
 * What a type string means. `|` and `=` stand for no order (single bytes) and that of the machine that wrote it, which
 * NumPy never writes but accepts; little is then assumed.
 * @throws FormatError for strings, objects, records, complex numbers and dates
 */
export function parseDescr(descr: string): { readonly type: ElementType; readonly little: boolean } {
  const [, order, kind = ''] = /^([<>|=]?)([a-z]\d)$/.exec(descr) ?? []
  const type = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
  if (!type) {
    const expected = `a type of ${Object.keys(kinds).join(', ')}`
    throw new FormatError({ where: 'npy, field descr', expected, found: JSON.stringify(descr).slice(0, 80) })
  }
  return { type, little: order !== '>' }
}

/** The type strings of core's dtypes. */
export const descrs: { readonly [D in DType]: string } = { float32: '<f4', uint8: '|u1', int8: '|i1', int32: '<i4' }
