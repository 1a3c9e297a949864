import { decodeBmp } from './bmp.ts'
import { decodeNetpbm, isNetpbm } from './netpbm.ts'
import type { Raster } from './raster.ts'

export { type Raster, RasterError } from './raster.ts'

/** An image of a kind that sharp does not read. */
export interface OwnRaster {
  /** `a BMP image`. */
  readonly what: string
  readonly decode: (maxPixels: number, alpha: boolean) => Raster
}

/**
 * The decoder of BMP, PBM, PGM and PPM files, which libvips as sharp brings it does not read; undefined for other bytes. The
 * packages of npm for BMP were tried: they ignore where pixels begin, mix up the channels of palettes, stop at odd widths, or
 * read no bit fields and runs, and allocate by what the header claims.
 */
export function ownRaster(bytes: Uint8Array): OwnRaster | undefined {
  if (isBmp(bytes)) return { what: 'a BMP picture', decode: (max, alpha) => decodeBmp(bytes, max, alpha) }
  if (isNetpbm(bytes)) return { what: 'a PBM, PGM or PPM picture', decode: max => decodeNetpbm(bytes, max) }
  return undefined
}

/** Text may begin with BM, too; in an image the reserved fields are 0 and the header size is below 256. */
function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d && [6, 7, 8, 9, 15, 16, 17].every(at => (bytes[at] ?? 0) === 0)
}
