/** Pixels that a decoder of ours gives: rows from the top, bytes of RGB or RGBA. */
export interface Raster {
  readonly width: number
  readonly height: number
  readonly channels: 3 | 4
  readonly data: Uint8Array
}

/** What is wrong with the bytes of an image, in a clause; its reader adds which image. */
export class RasterError extends Error {
  override readonly name: string = 'RasterError'
}

/** Checks extents before anything is allocated for them. */
export function checkExtents(width: number, height: number, maxPixels: number): void {
  if (width < 1 || height < 1) throw new RasterError(`${width}x${height} pixels`)
  if (width * height > maxPixels) throw new RasterError(`${width}x${height}, more than ${maxPixels} pixels`)
}

/** The first so many values of an image's data, which may break off. */
export function checkLength(needed: number, available: number): void {
  if (needed > available) throw new RasterError(`${needed} bytes of pixels expected, ${Math.max(available, 0)} found`)
}
