import type { PixelImage } from '@depthwise/models'
import type { DecodeOptions } from '../image/blend.ts'
import { readImage } from '../image/read.ts'
import type { ImageSource } from '../image/source.ts'
import { decodeImage, readImageFile } from './decode.ts'
import { nodePlatform } from './platform.ts'

/** An image, and how errors refer to it. */
export interface NamedImage {
  readonly name: string
  readonly image: ImageSource
}

/**
 * The pixels of an image: bytes of a file, a path, an address, or any other form that `classify` takes.
 * @throws FileError for a path that cannot be read, and what `decodeImage` throws
 */
export async function readNamedImage({ name, image }: NamedImage, options: DecodeOptions = {}): Promise<PixelImage> {
  if (image instanceof Uint8Array) return decodeImage(image, name, options)
  const isPath = typeof image === 'string' && !/^(https?|data|file):/i.test(image)
  return isPath ? readImageFile(image, options) : readImage(image, nodePlatform, options)
}
