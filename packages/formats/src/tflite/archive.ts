import { FormatError } from '@depthwise/core'
import { Inflate } from 'fflate'
import { decodeText } from './text.ts'

// TFLite Metadata appends a zip archive to the flatbuffer, its offsets counted from the start of the whole file (APPNOTE.TXT
// 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16). Offsets and sizes are checked here; only the inflating is left to fflate.

const endSignature = 0x06054b50
const entrySignature = 0x02014b50
const localSignature = 0x04034b50
/** Lists of labels take tens of kilobytes; nothing larger is unpacked. */
const largestFile = 2 ** 20
const longestComment = 65535

/**
 * One file of the archive at the end of `bytes`; null where there is no archive, or no such file in it.
 * @throws FormatError for an archive that contradicts itself, or a file over 1 MiB
 */
export function readArchived(bytes: Uint8Array, name: string): Uint8Array | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = findEnd(view)
  if (end === null) return null
  const count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  for (let entry = 0; entry < count; entry += 1) {
    const where = `archive entry ${entry} at byte ${at}`
    claim(view, at, 46, where)
    if (view.getUint32(at, true) !== entrySignature) {
      throw new FormatError({ where, expected: 'the signature of an entry', found: 'other bytes' })
    }
    const nameLength = view.getUint16(at + 28, true)
    claim(view, at + 46, nameLength, where)
    if (decodeText(bytes.subarray(at + 46, at + 46 + nameLength)) === name) return extract(bytes, view, at, name)
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return null
}

/** The end record is the last thing of a file but for its comment, whose length must then fit. */
function findEnd(view: DataView): number | null {
  const last = view.byteLength - 22
  for (let at = last; at >= Math.max(0, last - longestComment); at -= 1) {
    if (view.getUint32(at, true) === endSignature && view.getUint16(at + 20, true) === last - at) return at
  }
  return null
}

function extract(bytes: Uint8Array, view: DataView, entry: number, name: string): Uint8Array {
  const where = `archived file "${name}"`
  const method = view.getUint16(entry + 10, true)
  const packed = view.getUint32(entry + 20, true)
  const size = view.getUint32(entry + 24, true)
  const local = view.getUint32(entry + 42, true)
  claim(view, local, 30, where)
  if (view.getUint32(local, true) !== localSignature) {
    throw new FormatError({ where: `${where}, byte ${local}`, expected: 'a local header', found: 'other bytes' })
  }
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
  claim(view, start, packed, where)
  if (size > largestFile) {
    throw new FormatError({ where, expected: `at most ${largestFile} bytes`, found: `${size}` })
  }
  const data = bytes.subarray(start, start + packed)
  const file = method === 0 ? data : method === 8 ? inflate(data, size, where) : null
  if (!file) throw new FormatError({ where, expected: 'a stored or deflated file', found: `method ${method}` })
  if (file.length !== size) throw new FormatError({ where, expected: `${size} bytes`, found: `${file.length}` })
  return file
}

/** Inflates in small steps, so that a file which unpacks to more than it says is found out before it is large. */
function inflate(data: Uint8Array, size: number, where: string): Uint8Array {
  const unpacked = new Uint8Array(size)
  let length = 0
  const stream = new Inflate(chunk => {
    if (length + chunk.length > size) {
      throw new FormatError({ where, expected: `${size} bytes once inflated`, found: 'more' })
    }
    unpacked.set(chunk, length)
    length += chunk.length
  })
  const step = 4096
  try {
    for (let at = 0; at < data.length; at += step) {
      stream.push(data.subarray(at, at + step), at + step >= data.length)
    }
  } catch (cause) {
    if (cause instanceof FormatError) throw cause
    throw new FormatError({ where, expected: 'deflated data', found: 'data that does not inflate', cause })
  }
  return unpacked.subarray(0, length)
}

function claim(view: DataView, at: number, length: number, where: string): void {
  if (at + length > view.byteLength) {
    const found = `a file of ${view.byteLength} bytes`
    throw new FormatError({ where, expected: `${length} bytes at ${at}`, found })
  }
}
