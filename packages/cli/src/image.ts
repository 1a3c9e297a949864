import { FormatError } from '@depthwise/core'
import type { PixelImage } from '@depthwise/models'
import { describeDamage } from './damage.ts'
import { readBytes } from './files.ts'
import { insteadOfPicture } from './found.ts'

/** Most pixels a picture may have, 16384 by 16384: decoded they take 3 bytes each. */
export const maxPixels: number = 2 ** 28

/** Raster formats whose decoders come with sharp; vector formats have no pixels of their own. */
const rasters: readonly string[] = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif', 'avif', 'jp2', 'jxl']
const expected = 'a picture (JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP, PPM)'

/** What of a picture is wanted besides its colours. */
export interface DecodeOptions {
  /** Keep transparency, where there is any: RGBA instead of RGB. Default false. */
  readonly alpha?: boolean
}

/**
 * Reads a picture file as RGB bytes, upright: a camera's orientation note (EXIF) is honoured. Grey, CMYK and 16-bit
 * pictures become 8-bit RGB, alpha is dropped without blending unless it is asked for, of an animation the first picture is
 * taken.
 * @throws FileError when the file cannot be read, FormatError when it is not a whole picture or has too many pixels
 */
export async function readImage(path: string, options: DecodeOptions = {}): Promise<PixelImage> {
  return decodeImage(await readBytes(path, expected), path, options)
}

/**
 * As `readImage`, of bytes at hand.
 * @param where names the picture in errors
 */
export async function decodeImage(
  bytes: Uint8Array,
  where: string,
  { alpha = false }: DecodeOptions = {},
): Promise<PixelImage> {
  const own = await ownImage(bytes, where, alpha)
  if (own) return own
  const { default: sharp } = await import('sharp')
  try {
    const { width, height, format } = await sharp(bytes, { limitInputPixels: false }).metadata()
    if (!rasters.includes(format)) throw new FormatError({ where, expected, found: insteadOfPicture(bytes) })
    if (width * height > maxPixels) {
      throw new FormatError({ where, expected: `at most ${maxPixels} pixels`, found: `${width}x${height}` })
    }
    const upright = sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' }).autoOrient().toColourspace('srgb')
    const { data, info } = await (alpha ? upright : upright.removeAlpha())
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return { width: info.width, height: info.height, channels: info.channels as 3 | 4, data }
  } catch (error) {
    if (error instanceof FormatError) throw error
    throw new FormatError({ where, expected, found: describeDamage(bytes, error), cause: error })
  }
}

/** A picture of a kind that sharp does not read; the decoders are loaded for those alone. */
async function ownImage(bytes: Uint8Array, where: string, alpha: boolean): Promise<PixelImage | undefined> {
  if (bytes[0] !== 0x42 && bytes[0] !== 0x50) return undefined
  const { ownPicture, RasterError } = await import('./rasters/index.ts')
  const picture = ownPicture(bytes)
  try {
    return picture?.decode(maxPixels, alpha)
  } catch (error) {
    if (!(error instanceof RasterError)) throw error
    const found = `a damaged one, ${picture?.what} (${error.message})`
    throw new FormatError({ where, expected, found, cause: error })
  }
}
