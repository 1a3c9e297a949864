import { FormatError } from '@depthwise/core'
import { crc32 } from './crc32.ts'
import { claim, type Entry, readDirectory } from './directory.ts'
import { inflate } from './inflate.ts'

// Local headers of zip archives (APPNOTE.TXT 6.3.10, section 4.3.7). Offsets and sizes are checked here; only the inflating is
// left to fflate.

const localSignature = 0x04034b50

/** The files of a zip archive, unpacked when they are asked for. */
export class Archive {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #entries: ReadonlyMap<string, Entry>

  private constructor(bytes: Uint8Array, entries: ReadonlyMap<string, Entry>) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#entries = entries
  }

  /**
   * The archive that ends where the bytes end; null where there is none.
   * @throws FormatError for a directory that contradicts itself
   */
  static open(bytes: Uint8Array): Archive | null {
    const entries = readDirectory(bytes)
    return entries && new Archive(bytes, entries)
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
    claim(this.#bytes, local, 30, where)
    if (this.#view.getUint32(local, true) !== localSignature) {
      throw new FormatError({ where: `${where}, byte ${local}`, expected: 'a local header', found: 'other bytes' })
    }
    const start = local + 30 + this.#view.getUint16(local + 26, true) + this.#view.getUint16(local + 28, true)
    claim(this.#bytes, start, packed, where)
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
}

const hex = (value: number): string => value.toString(16).padStart(8, '0')
