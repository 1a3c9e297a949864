/** What a bitmap is made of. */
export interface BitmapSpec {
  readonly width: number
  /** Negative for rows from the top. */
  readonly height: number
  readonly bits: number
  /** Rows as they stand in the file, padding and all. */
  readonly pixels: readonly number[] | Uint8Array
  readonly compression?: number
  /** 12 for OS/2's. */
  readonly header?: 12 | 40 | 56 | 124
  readonly masks?: readonly number[]
  /** Blue, green, red and, but for header 12, 0, of each index. */
  readonly palette?: readonly number[]
  readonly colours?: number
  /** Bytes between palette and pixels. */
  readonly gap?: number
}

/** A BMP file, laid out as Microsoft documents it. */
export function bitmap(spec: BitmapSpec): Uint8Array {
  const {
    width,
    height,
    bits,
    pixels,
    compression = 0,
    header = 40,
    masks = [],
    palette = [],
    colours = 0,
    gap = 0,
  } = spec
  const behind = header === 40 ? 4 * masks.length : 0
  const offset = 14 + header + behind + palette.length + gap
  const bytes = Buffer.alloc(offset + pixels.length)
  bytes.write('BM')
  bytes.writeUInt32LE(bytes.length, 2)
  bytes.writeUInt32LE(offset, 10)
  bytes.writeUInt32LE(header, 14)
  if (header === 12) {
    bytes.writeUInt16LE(width, 18)
    bytes.writeUInt16LE(height, 20)
    bytes.writeUInt16LE(1, 22)
    bytes.writeUInt16LE(bits, 24)
  } else {
    bytes.writeInt32LE(width, 18)
    bytes.writeInt32LE(height, 22)
    bytes.writeUInt16LE(1, 26)
    bytes.writeUInt16LE(bits, 28)
    bytes.writeUInt32LE(compression, 30)
    bytes.writeUInt32LE(colours, 46)
    for (const [i, mask] of masks.entries()) bytes.writeUInt32LE(mask, 54 + 4 * i)
  }
  bytes.set(palette, 14 + header + behind)
  bytes.set(pixels, offset)
  return new Uint8Array(bytes)
}
