import { type BmpHeader, readBmpHeader } from './bmp-header.ts'
import { unpackRuns } from './bmp-runs.ts'
import { checkLength, type Raster, RasterError } from './raster.ts'

/**
 * Reads a BMP: 1 to 32 bits per pixel, palettes, bit fields, both run-length encodings. Alpha is given where the file has a mask
 * for it and it is asked for.
 * @throws RasterError for files that are damaged, or compressed otherwise
 */
export function decodeBmp(bytes: Uint8Array, maxPixels: number, alpha: boolean): Raster {
  const header = readBmpHeader(bytes, maxPixels)
  const { width, height, topDown, bits, compression, offset } = header
  const channels = alpha && bits > 8 && header.masks[3] !== 0 ? 4 : 3
  const isPlain = compression === 'plain'
  const stride = isPlain ? 4 * Math.ceil((width * bits) / 32) : width
  // The padding of the last row may be missing.
  if (isPlain) checkLength((height - 1) * stride + Math.ceil((width * bits) / 8), bytes.length - offset)
  const stored = isPlain ? bytes.subarray(offset) : unpackRuns(bytes.subarray(offset), header)
  const pixel = pixelReader(stored, isPlain ? bits : 8, header)
  const data = new Uint8Array(width * height * channels)
  for (let y = 0; y < height; y++) {
    const row = (topDown ? y : height - 1 - y) * width * channels
    for (let x = 0; x < width; x++) pixel(y * stride, x, data, row + x * channels, channels)
  }
  return { width, height, channels, data }
}

/** Writes pixel `x` of the row that begins at `row` to `at` of `data`. */
type ReadPixel = (row: number, x: number, data: Uint8Array, at: number, channels: number) => void

function pixelReader(bytes: Uint8Array, bits: number, { masks, palette }: BmpHeader): ReadPixel {
  if (bits === 24) {
    return (row, x, data, at) => {
      for (let c = 0; c < 3; c++) data[at + c] = bytes[row + 3 * x + 2 - c] as number
    }
  }
  if (bits > 8) {
    const fields = masks.map(fieldReader)
    const width = bits / 8
    return (row, x, data, at, channels) => {
      let value = 0
      for (let i = width - 1; i >= 0; i--) value = value * 256 + (bytes[row + width * x + i] as number)
      for (let c = 0; c < channels; c++) data[at + c] = (fields[c] as (value: number) => number)(value)
    }
  }
  const each = 8 / bits
  return (row, x, data, at) => {
    const byte = bytes[row + Math.floor(x / each)] as number
    const index = (byte >> (8 - bits - bits * (x % each))) & (2 ** bits - 1)
    if (3 * index >= palette.length) throw new RasterError(`colour ${index} of a palette of ${palette.length / 3}`)
    for (let c = 0; c < 3; c++) data[at + c] = palette[3 * index + c] as number
  }
}

/** Takes the bits of a mask out of a pixel, as a byte. */
function fieldReader(mask: number): (value: number) => number {
  if (mask === 0) return () => 0
  const lowest = mask & -mask
  const unit = lowest < 0 ? 2 ** 31 : lowest
  const max = Math.floor((mask >>> 0) / unit)
  return value => Math.round((255 * Math.floor(((value & mask) >>> 0) / unit)) / max)
}
