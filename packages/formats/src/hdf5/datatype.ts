import { FormatError, UnsupportedOpError } from '@depthwise/core'
import type { ElementType } from '../elements.ts'
import type { Hdf5Bytes } from './bytes.ts'

/** What one element of an attribute or dataset is (HDF5 format specification 3.0, section IV.A.2.d). */
export type Datatype =
  | { readonly kind: 'number'; readonly type: ElementType; readonly little: boolean; readonly size: number }
  /** Text of a fixed length, padded with zeros or spaces. */
  | { readonly kind: 'text'; readonly size: number }
  /** Text of any length, kept in a global heap. */
  | { readonly kind: 'heap text'; readonly size: 16 }

const integers: Readonly<Record<string, ElementType>> = {
  u1: 'uint8',
  i1: 'int8',
  u2: 'uint16',
  i2: 'int16',
  u4: 'uint32',
  i4: 'int32',
  u8: 'uint64',
  i8: 'int64',
}

/** Bits of the exponent by the bytes of a float: IEEE 754's, and the one of bfloat16. */
const floats: Readonly<Record<string, ElementType>> = {
  '2,5': 'float16',
  '2,8': 'bfloat16',
  '4,8': 'float32',
  '8,11': 'float64',
}

/**
 * Reads the datatype message of `length` bytes at `at`.
 * @throws UnsupportedOpError for other classes: compounds, arrays, references, dates
 */
export function readDatatype(file: Hdf5Bytes, at: number, length: number, where: string): Datatype {
  file.enter(at, length, where)
  if (length < 8) throw new FormatError({ where, expected: 'a datatype of at least 8 bytes', found: `${length}` })
  const kind = file.u8(at) & 15
  const bits = file.u8(at + 1)
  const size = file.u32(at + 4)
  const little = (bits & 1) === 0
  if (kind === 0) {
    const type = integers[`${(bits & 8) === 0 ? 'u' : 'i'}${size}`]
    if (type) return { kind: 'number', type, little, size }
  }
  if (kind === 1 && length >= 20) {
    const type = floats[`${size},${file.u8(at + 13)}`]
    if (type && (bits & 64) === 0) return { kind: 'number', type, little, size }
  }
  if (kind === 3 && size > 0) return { kind: 'text', size }
  // An enumeration stands on its base type: h5py's booleans are one over int8.
  if (kind === 8) return readDatatype(file, at + 8, length - 8, where)
  if (kind === 9 && (bits & 15) === 1 && size === 16) return { kind: 'heap text', size }
  throw new UnsupportedOpError({
    where,
    expected: 'numbers of 1, 2, 4 or 8 bytes, or text',
    found: `class ${kind} of ${size} bytes`,
  })
}
