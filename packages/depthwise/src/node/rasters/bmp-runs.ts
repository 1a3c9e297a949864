import type { BmpHeader } from './bmp-header.ts'
import { RasterError } from './raster.ts'

/** More pixels than this for each byte are no image: a run of 255 takes two bytes. */
const maxPixelsPerByte = 256

/**
 * Indices of run-length encoded pixels, a byte each, in the file's order of rows. Pixels that are skipped have index 0, and runs
 * that go beyond a row are cut.
 * @throws RasterError for data that break off
 */
export function unpackRuns(bytes: Uint8Array, { width, height, compression }: BmpHeader): Uint8Array {
  if (width * height > maxPixelsPerByte * bytes.length) throw new RasterError('too few bytes for its pixels')
  const indices = new Uint8Array(width * height)
  const perByte = compression === 'rle4' ? 2 : 1
  const nibble = (byte: number, i: number): number => (perByte === 1 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15)
  let [x, y, at] = [0, 0, 0]
  const next = (): number => {
    const byte = bytes[at]
    if (byte === undefined) throw new RasterError('it breaks off')
    at += 1
    return byte
  }
  const put = (index: number): void => {
    if (x < width) indices[y * width + x] = index
    x += 1
  }
  while (y < height) {
    const [count, value] = [next(), next()]
    if (count > 0) {
      for (let i = 0; i < count; i++) put(nibble(value, i))
    } else if (value === 0) {
      x = 0
      y += 1
    } else if (value === 1) {
      break
    } else if (value === 2) {
      x += next()
      y += next()
    } else {
      const start = at
      for (let i = 0; i < value; i++) {
        if (i % perByte === 0) next()
        put(nibble(bytes[start + Math.floor(i / perByte)] as number, i))
      }
      // Absolute runs fill whole words.
      if ((at - start) % 2 === 1) at += 1
    }
  }
  return indices
}
