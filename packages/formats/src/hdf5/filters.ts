import { FormatError, UnsupportedOpError } from '@depthwise/core'
import { unzlib } from '../zip/zlib.ts'
import type { Hdf5Bytes } from './bytes.ts'
import type { Message } from './messages.ts'

/** What a chunk went through before it was written: names of filters, in that order. */
export type Filters = readonly ('deflate' | 'shuffle')[]

const known: Readonly<Record<number, Filters[number]>> = { 1: 'deflate', 2: 'shuffle' }
const others: Readonly<Record<number, string>> = { 3: 'fletcher32', 4: 'szip', 32000: 'lzf', 32015: 'zstd' }
/** HDF5's own bound. */
const maxFilters = 32

/**
 * Reads the filter pipeline message of version 1 or 2 (section IV.A.2.l).
 * @throws UnsupportedOpError naming a filter that is not read
 */
export function readFilters(file: Hdf5Bytes, { at, length }: Message, where: string): Filters {
  file.enter(at, length, where)
  const end = at + length
  const version = length < 2 ? 0 : file.u8(at)
  const count = length < 2 ? 0 : file.u8(at + 1)
  if ((version !== 1 && version !== 2) || count > maxFilters) {
    throw new FormatError({ where, expected: 'filters of version 1 or 2', found: `${count} of version ${version}` })
  }
  const filters: Filters[number][] = []
  let next = at + (version === 1 ? 8 : 2)
  for (let i = 0; i < count; i += 1) {
    if (next + 8 > end) throw new FormatError({ where, expected: `${count} filters`, found: `${i}` })
    const id = file.u16(next)
    // Version 2 names only the filters that are not HDF5's own.
    const named = version === 1 || id >= 256
    const nameLength = named ? file.u16(next + 2) : 0
    const values = file.u16(next + (named ? 6 : 4))
    const padded = version === 1 ? Math.ceil(nameLength / 8) * 8 + (values % 2) * 4 : nameLength
    next += (named ? 8 : 6) + padded + 4 * values
    const filter = known[id]
    if (!filter) {
      const found = `filter ${id}${others[id] ? `, ${others[id]}` : ''}`
      throw new UnsupportedOpError({ where, expected: 'numbers as they are, shuffled or deflated', found })
    }
    filters.push(filter)
  }
  return filters
}

/**
 * The bytes of a chunk as they were before its filters.
 * @param size of the chunk, in bytes
 * @param width of an element, in bytes
 * @param skipped which filters it did not go through, by bit
 */
export function undo(
  filters: Filters,
  stored: Uint8Array,
  size: number,
  width: number,
  skipped: number,
  where: string,
): Uint8Array {
  let bytes = stored
  for (let i = filters.length - 1; i >= 0; i -= 1) {
    if (((skipped >>> i) & 1) === 1) continue
    bytes = filters[i] === 'deflate' ? unzlib(bytes, size, where) : unshuffle(bytes, width)
  }
  if (bytes.length === size) return bytes
  throw new FormatError({ where, expected: `${size} bytes`, found: `${bytes.length}` })
}

/** Shuffling puts the first bytes of all elements first, then all second ones, and so on; what is left over stays. */
function unshuffle(bytes: Uint8Array, width: number): Uint8Array {
  const count = Math.floor(bytes.length / width)
  // Not `bytes.slice()`, which shares memory where the bytes are a Buffer.
  const elements = new Uint8Array(bytes)
  for (let part = 0; part < width; part += 1) {
    const from = part * count
    for (let i = 0; i < count; i += 1) elements[i * width + part] = bytes[from + i]!
  }
  return elements
}
