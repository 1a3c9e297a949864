import { FormatError, type Shape } from '@depthwise/core'
import type { Hdf5Bytes } from './bytes.ts'

/** HDF5's own bound on the rank. */
const maxRank = 32

/** Reads the extents of the dataspace message of `length` bytes at `at` (section IV.A.2.b); a scalar has none. */
export function readDataspace(file: Hdf5Bytes, at: number, length: number, where: string): Shape {
  file.enter(at, length, where)
  const version = length < 4 ? 0 : file.u8(at)
  if (version !== 1 && version !== 2) {
    throw new FormatError({ where, expected: 'a dataspace of version 1 or 2', found: `${version}` })
  }
  const rank = file.u8(at + 1)
  const extents = at + (version === 1 ? 8 : 4)
  if (rank > maxRank || extents + 8 * rank > at + length) {
    throw new FormatError({ where, expected: `extents within ${length} bytes`, found: `${rank} of them` })
  }
  // Type 2 of version 2 is a null space: no element at all.
  if (version === 2 && file.u8(at + 3) === 2) return [0]
  return Array.from({ length: rank }, (_, axis) => file.u64(extents + 8 * axis))
}
