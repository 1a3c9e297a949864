import { FormatError, OptionError } from '@depthwise/core'
import type { PixelImage } from '@depthwise/models'
import { isCutShort } from './cut-short.ts'
import { pixelsOfDrawable } from './draw.ts'

interface Bitmap {
  readonly width: number
  readonly height: number
  close(): void
}
interface Host {
  readonly createImageBitmap?: (
    blob: object,
    options: { readonly imageOrientation: 'from-image'; readonly colorSpaceConversion: 'default' },
  ) => Promise<Bitmap>
}

/**
 * The pixels of an image file, by the decoder of the host, upright: a camera's orientation note (EXIF) is applied.
 * @throws FormatError for what the host does not decode, naming what it is, and for files that end too soon
 */
export async function decodeInHost(bytes: Uint8Array, where: string): Promise<PixelImage> {
  const { createImageBitmap } = globalThis as unknown as Host
  if (!createImageBitmap || typeof Blob === 'undefined') {
    const expected = 'pixels { width, height, channels, data }, since this host decodes no images'
    throw new OptionError({ where, expected, found: 'an image file' })
  }
  if (isCutShort(bytes)) throw await undecodable(bytes, where, 'which ends too soon')
  // Copied, since a blob takes no shared memory and no part of a buffer.
  const blob = new Blob([Uint8Array.from(bytes)])
  const options = { imageOrientation: 'from-image', colorSpaceConversion: 'default' } as const
  const bitmap = await createImageBitmap(blob, options).catch(async (cause: unknown) => {
    throw await undecodable(bytes, where, 'damaged or of a kind it does not decode', cause)
  })
  try {
    return (await pixelsOfDrawable(bitmap, where)) as PixelImage
  } finally {
    bitmap.close()
  }
}

/** @param fault what is wrong with it, if it is an image at all */
async function undecodable(bytes: Uint8Array, where: string, fault: string, cause?: unknown): Promise<FormatError> {
  const { identifyFile } = await import('../checkpoint/detection.ts')
  const what = identifyFile(bytes)?.what ?? 'a file of another kind'
  const found = what.endsWith(' picture') ? `${what}, ${fault}` : what
  return new FormatError({ where, expected: 'an image that this host decodes, such as JPEG or PNG', found, cause })
}
