import { BackendUnavailableError, FormatError } from '@depthwise/core'
import type { PixelImage } from '@depthwise/models'
import { blended, type DecodeOptions } from '../image/blend.ts'
import { describeDamage } from './damage.ts'
import { readBytes } from './file-system.ts'
import { insteadOfImage } from './not-an-image.ts'

/** Most pixels an image may have, 16384 by 16384: decoded they take 3 or 4 bytes each. */
export const maxPixels: number = 2 ** 28

/** Raster formats whose decoders come with sharp; vector formats have no pixels of their own. */
const rasters: readonly string[] = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif', 'avif', 'jp2', 'jxl']
const expected = 'an image (JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP, PPM)'

/**
 * Reads an image file: `decodeImage` of its bytes.
 * @throws FileError when it cannot be read, and what `decodeImage` throws
 */
export async function readImageFile(path: string, options: DecodeOptions = {}): Promise<PixelImage> {
  return decodeImage(await readBytes(path, expected), path, options)
}

/**
 * The pixels of an image file, upright: a camera's orientation note (EXIF) is applied. Grey, CMYK and 16-bit images become 8-bit
 * RGB, transparent pixels are blended onto white, of an animation the first frame is taken.
 * @param where how errors refer to the image
 * @throws FormatError for what is not a whole image or has too many pixels; BackendUnavailableError where sharp is not installed
 */
export async function decodeImage(bytes: Uint8Array, where: string, options: DecodeOptions = {}): Promise<PixelImage> {
  return blended(await decode(bytes, where), options)
}

async function decode(bytes: Uint8Array, where: string): Promise<PixelImage> {
  const own = await ownRaster(bytes, where)
  if (own) return own
  const sharp = await loadSharp()
  try {
    const { width, height, format } = await sharp(bytes, { limitInputPixels: false }).metadata()
    if (!rasters.includes(format)) throw new FormatError({ where, expected, found: insteadOfImage(bytes) })
    if (width * height > maxPixels) {
      throw new FormatError({ where, expected: `at most ${maxPixels} pixels`, found: `${width}x${height}` })
    }
    const { data, info } = await sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' })
      .autoOrient()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return { width: info.width, height: info.height, channels: info.channels as 3 | 4, data }
  } catch (error) {
    if (error instanceof FormatError) throw error
    throw new FormatError({ where, expected, found: describeDamage(bytes, error), cause: error })
  }
}

async function loadSharp(): Promise<typeof import('sharp')['default']> {
  try {
    return (await import('sharp')).default
  } catch (cause) {
    const wanted =
      'the package sharp, which decodes images in Node (npm i sharp), or pixels { width, height, channels, data }'
    throw new BackendUnavailableError({ where: 'image', expected: wanted, found: 'no sharp that loads', cause })
  }
}

/** A picture of a kind that sharp does not read; the decoders are loaded for those alone. */
async function ownRaster(bytes: Uint8Array, where: string): Promise<PixelImage | undefined> {
  if (bytes[0] !== 0x42 && bytes[0] !== 0x50) return undefined
  const { ownRaster, RasterError } = await import('./rasters/index.ts')
  const picture = ownRaster(bytes)
  try {
    return picture?.decode(maxPixels, true)
  } catch (error) {
    if (!(error instanceof RasterError)) throw error
    const found = `a damaged one, ${picture?.what} (${error.message})`
    throw new FormatError({ where, expected, found, cause: error })
  }
}
