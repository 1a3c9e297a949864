import { FormatError } from '@depthwise/core'
import { decodeText } from '../text.ts'

// The central directory of a zip archive (APPNOTE.TXT 6.3.10, sections 4.3.12 and 4.3.16), offsets counted from the start of
// the whole file: an archive may stand behind something else. It needs no decompressor, so code that only lists names
// does not load one.

const endSignature = 0x06054b50
const entrySignature = 0x02014b50
const longestComment = 65535

/** What the directory says about a file. */
export interface Entry {
  readonly method: number
  readonly encrypted: boolean
  readonly crc: number
  readonly packed: number
  readonly size: number
  /** Where its local header is. */
  readonly local: number
}

/**
 * The files of the archive that ends where the bytes end, by name; null where there is none.
 * @throws FormatError for a directory that contradicts itself
 */
export function readDirectory(bytes: Uint8Array): ReadonlyMap<string, Entry> | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = findEnd(view)
  if (end === null) return null
  const entries = new Map<string, Entry>()
  const count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  for (let index = 0; index < count; index += 1) {
    at = readEntry(bytes, view, at, `archive entry ${index} at byte ${at}`, entries)
  }
  return entries
}

/** @throws FormatError for `length` bytes at `at` that lie outside of the file */
export function claim(bytes: Uint8Array, at: number, length: number, where: string): void {
  if (at + length > bytes.length) {
    const found = `a file of ${bytes.length} bytes`
    throw new FormatError({ where, expected: `${length} bytes at ${at}`, found })
  }
}

/** Files an entry under its name. Returns where the next one starts. */
function readEntry(bytes: Uint8Array, view: DataView, at: number, where: string, entries: Map<string, Entry>): number {
  claim(bytes, at, 46, where)
  if (view.getUint32(at, true) !== entrySignature) {
    throw new FormatError({ where, expected: 'the signature of an entry', found: 'other bytes' })
  }
  const nameLength = view.getUint16(at + 28, true)
  claim(bytes, at + 46, nameLength, where)
  const name = decodeText(bytes.subarray(at + 46, at + 46 + nameLength))
  if (entries.has(name)) {
    const found = `"${name.slice(0, 80)}" twice`
    throw new FormatError({ where, expected: 'a name of its own', found })
  }
  entries.set(name, {
    encrypted: (view.getUint16(at + 8, true) & 1) === 1,
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    local: view.getUint32(at + 42, true),
  })
  return at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
}

/** The end record is the last thing of a file but for its comment, whose length must then fit. */
function findEnd(view: DataView): number | null {
  const last = view.byteLength - 22
  for (let at = last; at >= Math.max(0, last - longestComment); at -= 1) {
    if (view.getUint32(at, true) === endSignature && view.getUint16(at + 20, true) === last - at) return at
  }
  return null
}
