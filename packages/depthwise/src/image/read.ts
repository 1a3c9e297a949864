import { type BytesLike, OptionError } from '@depthwise/core'
import { show, toBytes } from '@depthwise/core/backend'
import { fromImageData, type PixelImage } from '@depthwise/models'
import type { Platform } from '../platform.ts'
import { blended, type DecodeOptions } from './blend.ts'
import { type ImageSource, isBlob, isImageData, isPixels, isUrl, nameOf } from './source.ts'

/**
 * The pixels of an image in any of the forms of `ImageSource`.
 * @throws OptionError for another kind of value; FormatError for bytes that are no image this host decodes, naming the file
 */
export async function readImage(
  source: ImageSource,
  platform: Platform,
  options: DecodeOptions = {},
): Promise<PixelImage> {
  return blended(await pixelsOf(source, platform), options)
}

async function pixelsOf(source: ImageSource, platform: Platform): Promise<PixelImage> {
  if (isPixels(source)) return source
  if (isImageData(source)) return fromImageData(source)
  const where = nameOf(source)
  if (typeof source === 'string' || isUrl(source)) {
    const place = typeof source === 'string' ? source : source.href
    return platform.decode(await platform.readBytes(place, 'an image'), where)
  }
  if (isBlob(source)) return platform.decode(new Uint8Array(await source.arrayBuffer()), where)
  if (isBytesLike(source)) return platform.decode(toBytes(source, 'image'), where)
  const drawn = await platform.draw?.(source, where)
  if (drawn) return drawn
  throw new OptionError({ where: 'image', expected: platform.imageKinds, found: show(source) })
}

const isBytesLike = (source: unknown): source is BytesLike =>
  ArrayBuffer.isView(source) || /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(source))
