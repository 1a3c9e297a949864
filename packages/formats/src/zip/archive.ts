import { FormatError } from '@depthwise/core'
import { decodeText } from '../text.ts'
import { crc32 } from './crc32.ts'
import { inflate } from './inflate.ts'

// Zip archives by their central directory (APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16), offsets counted from the
// start of the whole file: an archive may stand behind something else. Offsets and sizes are checked here; only the
// inflating is left to fflate.

const endSignature = 0x06054b50
const entrySignature = 0x02014b50
const localSignature = 0x04034b50
const longestComment = 65535

interface Entry {
  readonly method: number
  readonly encrypted: boolean
  readonly crc: number
  readonly packed: number
  readonly size: number
  readonly local: number
}

/** The files of a zip archive, unpacked when they are asked for. */
export class Archive {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #entries = new Map<string, Entry>()

  private constructor(bytes: Uint8Array, view: DataView, end: number) {
    this.#bytes = bytes
    this.#view = view
    const count = view.getUint16(end + 10, true)
    let at = view.getUint32(end + 16, true)
    for (let index = 0; index < count; index += 1) at = this.#readEntry(at, `archive entry ${index} at byte ${at}`)
  }

  /**
   * The archive that ends where the bytes end; null where there is none.
   * @throws FormatError for a directory that contradicts itself
   */
  static open(bytes: Uint8Array): Archive | null {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const end = findEnd(view)
    return end === null ? null : new Archive(bytes, view, end)
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()]
  }

  /** What a file claims to be once unpacked, in bytes; undefined where there is no such file. */
  size(name: string): number | undefined {
    return this.#entries.get(name)?.size
  }

  /**
   * One file; null where there is none by that name.
   * @param largest how many bytes it may unpack to
   * @throws FormatError for a file larger than that, encrypted, damaged, or packed otherwise than stored or deflated
   */
  extract(name: string, largest: number): Uint8Array | null {
    const entry = this.#entries.get(name)
    if (!entry) return null
    const where = `archived file "${name.slice(0, 80)}"`
    const { method, encrypted, packed, size, local, crc } = entry
    if (encrypted) throw new FormatError({ where, expected: 'a file in the clear', found: 'an encrypted one' })
    this.#claim(local, 30, where)
    if (this.#view.getUint32(local, true) !== localSignature) {
      throw new FormatError({ where: `${where}, byte ${local}`, expected: 'a local header', found: 'other bytes' })
    }
    const start = local + 30 + this.#view.getUint16(local + 26, true) + this.#view.getUint16(local + 28, true)
    this.#claim(start, packed, where)
    if (size > largest) throw new FormatError({ where, expected: `at most ${largest} bytes`, found: `${size}` })
    const data = this.#bytes.subarray(start, start + packed)
    const file = method === 0 ? data : method === 8 ? inflate(data, size, where) : null
    if (!file) throw new FormatError({ where, expected: 'a stored or deflated file', found: `method ${method}` })
    if (file.length !== size) throw new FormatError({ where, expected: `${size} bytes`, found: `${file.length}` })
    const found = crc32(file)
    if (found !== crc) {
      throw new FormatError({ where, expected: `the checksum ${hex(crc)}`, found: hex(found) })
    }
    return file
  }

  #readEntry(at: number, where: string): number {
    const view = this.#view
    this.#claim(at, 46, where)
    if (view.getUint32(at, true) !== entrySignature) {
      throw new FormatError({ where, expected: 'the signature of an entry', found: 'other bytes' })
    }
    const nameLength = view.getUint16(at + 28, true)
    this.#claim(at + 46, nameLength, where)
    const name = decodeText(this.#bytes.subarray(at + 46, at + 46 + nameLength))
    if (this.#entries.has(name)) {
      const found = `"${name.slice(0, 80)}" twice`
      throw new FormatError({ where, expected: 'a name of its own', found })
    }
    this.#entries.set(name, {
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      local: view.getUint32(at + 42, true),
    })
    return at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }

  #claim(at: number, length: number, where: string): void {
    if (at + length > this.#bytes.length) {
      const found = `a file of ${this.#bytes.length} bytes`
      throw new FormatError({ where, expected: `${length} bytes at ${at}`, found })
    }
  }
}

/** The end record is the last thing of a file but for its comment, whose length must then fit. */
function findEnd(view: DataView): number | null {
  const last = view.byteLength - 22
  for (let at = last; at >= Math.max(0, last - longestComment); at -= 1) {
    if (view.getUint32(at, true) === endSignature && view.getUint16(at + 20, true) === last - at) return at
  }
  return null
}

const hex = (value: number): string => value.toString(16).padStart(8, '0')
