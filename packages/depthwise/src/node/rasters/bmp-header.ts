import { checkExtents, RasterError } from './raster.ts'

// Windows bitmaps and those of OS/2: BITMAPFILEHEADER, then a header whose size says which it is
// (https://learn.microsoft.com/windows/win32/gdi/bitmap-header-types).

/** How pixels are stored. */
export type Compression = 'plain' | 'rle8' | 'rle4'

export interface BmpHeader {
  readonly width: number
  readonly height: number
  /** Rows from the top, where most files begin at the bottom. */
  readonly topDown: boolean
  readonly bits: number
  readonly compression: Compression
  /** Where pixels begin. */
  readonly offset: number
  /** Which bits are red, green, blue and alpha, of pixels of 16 and 32 bits; alpha is 0 where there is none. */
  readonly masks: readonly [red: number, green: number, blue: number, alpha: number]
  /** RGB of each index, of pixels of up to 8 bits. */
  readonly palette: Uint8Array
}

const sizes: readonly number[] = [12, 40, 52, 56, 64, 108, 124]
const depths: readonly number[] = [1, 2, 4, 8, 16, 24, 32]
/** Of OS/2's second header, whose later codes mean something else. */
const os2 = 64

/** @throws RasterError for headers that are none, or of kinds that are not read here */
export function readBmpHeader(bytes: Uint8Array, maxPixels: number): BmpHeader {
  if (bytes.length < 26) throw new RasterError('it breaks off in its header')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const size = view.getUint32(14, true)
  if (!sizes.includes(size)) throw new RasterError(`an unknown header of ${size} bytes`)
  if (bytes.length < 14 + size) throw new RasterError('it breaks off in its header')
  const core = size === 12
  const width = core ? view.getUint16(18, true) : view.getInt32(18, true)
  const stored = core ? view.getUint16(20, true) : view.getInt32(22, true)
  const height = Math.abs(stored)
  checkExtents(width, height, maxPixels)
  const bits = view.getUint16(core ? 24 : 28, true)
  if (!depths.includes(bits)) throw new RasterError(`${bits} bits per pixel`)
  const code = core ? 0 : view.getUint32(30, true)
  const masked = size !== os2 && (code === 3 || code === 6)
  const compression = compressionOf(code, bits, masked)
  const masksEnd = size === 40 && masked ? (code === 6 ? 70 : 66) : 14 + size
  if (bytes.length < masksEnd) throw new RasterError('it breaks off in its header')
  const hasAlpha = masked && (size >= 56 || code === 6)
  const masks = masked
    ? ([54, 58, 62].map(at => view.getUint32(at, true)) as [number, number, number])
    : bits === 16
      ? ([0x7c00, 0x3e0, 0x1f] as const)
      : ([0xff0000, 0xff00, 0xff] as const)
  const entry = core ? 3 : 4
  const colours = core ? 0 : view.getUint32(46, true)
  const offset = view.getUint32(10, true)
  const palette = bits > 8 ? new Uint8Array() : readPalette(bytes, masksEnd, entry, Math.min(colours || 256, 2 ** bits))
  return {
    width,
    height,
    topDown: stored < 0,
    bits,
    compression,
    offset,
    masks: [...masks, hasAlpha ? view.getUint32(66, true) : 0],
    palette,
  }
}

function compressionOf(code: number, bits: number, masked: boolean): Compression {
  if (code === 0 || (masked && (bits === 16 || bits === 32))) return 'plain'
  if (code === 1 && bits === 8) return 'rle8'
  if (code === 2 && bits === 4) return 'rle4'
  throw new RasterError(`compression ${code} of ${bits} bits per pixel, which is not supported`)
}

/** Blue, green and red as the file has them, as red, green and blue; a table that breaks off is as long as it is. */
function readPalette(bytes: Uint8Array, at: number, entry: number, count: number): Uint8Array {
  const there = Math.min(count, Math.floor((bytes.length - at) / entry))
  const palette = new Uint8Array(3 * there)
  for (let i = 0; i < there; i++) {
    for (let c = 0; c < 3; c++) palette[3 * i + c] = bytes[at + entry * i + 2 - c] as number
  }
  return palette
}
