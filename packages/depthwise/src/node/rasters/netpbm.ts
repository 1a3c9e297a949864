import { checkExtents, checkLength, type Raster, RasterError } from './raster.ts'

// PBM, PGM and PPM, in text and in bytes (https://netpbm.sourceforge.net/doc/ppm.html).

const isSpace = (byte: number | undefined): boolean => byte === 32 || (byte !== undefined && byte >= 9 && byte <= 13)

/** Whether bytes begin as one of the six kinds, P1 to P6. */
export function isNetpbm(bytes: Uint8Array): boolean {
  const kind = (bytes[1] ?? 0) - 48
  return bytes[0] === 0x50 && kind >= 1 && kind <= 6 && (isSpace(bytes[2]) || bytes[2] === 0x23)
}

/**
 * Reads the first image of a PBM, PGM or PPM file. Levels are scaled to bytes; grey ones stand for all three channels.
 * @throws RasterError for files that are damaged
 */
export function decodeNetpbm(bytes: Uint8Array, maxPixels: number): Raster {
  const kind = (bytes[1] as number) - 48
  const words = new Words(bytes, 2)
  const [width, height] = [words.number(), words.number()]
  checkExtents(width, height, maxPixels)
  const isBits = kind === 1 || kind === 4
  const max = isBits ? 1 : words.number()
  if (max < 1 || max > 65535) throw new RasterError(`levels up to ${max}`)
  const channels = kind === 3 || kind === 6 ? 3 : 1
  const count = width * height * channels
  // In text every value takes a byte at least, and all but bits a space before it.
  const isText = kind < 4
  if (isText) checkLength(isBits ? count : 2 * count - 1, bytes.length - words.at)
  const level = isText ? () => words.number(isBits) : inBytes(bytes, words.at + 1, { kind, width, height, max })
  const data = new Uint8Array(width * height * 3)
  const copies = 3 / channels
  for (let i = 0; i < count; i++) {
    const value = level(i)
    if (value > max) throw new RasterError(`a level of ${value}, of ${max} at most`)
    // Of bits, 1 is black.
    const byte = isBits ? 255 * (1 - value) : Math.round((255 * value) / max)
    data.fill(byte, i * copies, (i + 1) * copies)
  }
  return { width, height, channels: 3, data }
}

interface Layout {
  readonly kind: number
  readonly width: number
  readonly height: number
  readonly max: number
}

/** Values in bytes: one or two each, the higher first, or eight bits in one, rows padded to whole bytes. */
function inBytes(bytes: Uint8Array, start: number, { kind, width, height, max }: Layout): (i: number) => number {
  if (kind === 4) {
    const stride = Math.ceil(width / 8)
    checkLength(stride * height, bytes.length - start)
    return i => {
      const x = i % width
      const byte = bytes[start + Math.floor(i / width) * stride + (x >> 3)] as number
      return (byte >> (7 - (x % 8))) & 1
    }
  }
  const size = max > 255 ? 2 : 1
  checkLength(size * width * height * (kind === 6 ? 3 : 1), bytes.length - start)
  if (size === 1) return i => bytes[start + i] as number
  return i => 256 * (bytes[start + 2 * i] as number) + (bytes[start + 2 * i + 1] as number)
}

/** Numbers in text, with white space and comments between them. */
class Words {
  at: number
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.at = at
  }

  /**
   * The next number; `at` is then behind its last digit.
   * @param digit whether it is a single digit, which nothing need stand behind
   */
  number(digit = false): number {
    this.#skip()
    const start = this.at
    let value = 0
    while (this.at - start < (digit ? 1 : 9)) {
      const next = (this.#bytes[this.at] ?? 0) - 48
      if (next < 0 || next > 9) break
      value = 10 * value + next
      this.at += 1
    }
    if (this.at === start) throw new RasterError(`no number at byte ${start}`)
    return value
  }

  #skip(): void {
    for (let inComment = false; this.at < this.#bytes.length; this.at += 1) {
      const byte = this.#bytes[this.at]
      if (inComment) inComment = byte !== 10 && byte !== 13
      else if (byte === 0x23) inComment = true
      else if (!isSpace(byte)) return
    }
  }
}
