import { OptionError, ShapeError } from '@depthwise/core'
import { type Size2, show, toBytes } from '@depthwise/core/backend'

/**
 * A decoded image: RGB or RGBA bytes, row by row from the top left, `data.length = height * width * channels`.
 * Alpha is dropped, not blended: a transparent pixel counts with the colour stored under it, as in Pillow's
 * `convert('RGB')`, which is what the golden pipelines do. Who wants a background blends before.
 */
export interface PixelImage {
  readonly width: number
  readonly height: number
  readonly channels: 3 | 4
  readonly data: Uint8Array | Uint8ClampedArray
}

/** An image whose bytes are in whatever holds bytes: Node's `Buffer`, a view, a whole buffer, shared memory. */
export interface PixelSource extends Omit<PixelImage, 'data'> {
  readonly data: PixelImage['data'] | DataView | ArrayBufferLike
}

/** What a canvas hands out: the part of the DOM's `ImageData` that matters here. */
export interface ImageDataLike {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array | Uint8ClampedArray
}

/** Longest side of an image, in pixels: what a JPEG file can hold. It bounds the work that a sliver can ask for. */
export const maxImageSide: number = 2 ** 16 - 1

/** Most pixels that a target may have: 2048 by 2048, some eighty times the largest published resolution. */
export const maxTargetPixels: number = 2 ** 22

/**
 * Takes a canvas' `ImageData` (or anything of its form) as an RGBA image; the bytes are shared, not copied.
 * @throws ShapeError when the data does not hold `width * height * 4` bytes
 */
export function fromImageData({ width, height, data }: ImageDataLike): PixelImage {
  return checkImage({ width, height, channels: 4, data })
}

/**
 * The image with its bytes as a `Uint8Array` or `Uint8ClampedArray`; itself where they are one already.
 * @throws ShapeError naming the field at fault, OptionError for memory that was transferred away
 */
export function checkImage(image: PixelSource): PixelImage {
  if (typeof image !== 'object' || image === null) {
    throw new ShapeError({ where: 'image', expected: '{ width, height, channels, data }', found: kindOf(image) })
  }
  const { width, height, channels } = image
  for (const [side, extent] of Object.entries({ width, height })) {
    if (!isCount(extent) || extent > maxImageSide) {
      throw new ShapeError({
        where: `image ${side}`,
        expected: `an integer from 1 to ${maxImageSide}`,
        found: `${extent}`,
      })
    }
  }
  if (channels !== 3 && channels !== 4) {
    throw new ShapeError({ where: 'image channels', expected: '3 (RGB) or 4 (RGBA)', found: `${channels}` })
  }
  const data = bytesIn(image.data)
  const count = width * height * channels
  if (data.length !== count) {
    throw new ShapeError({
      where: `image data of ${width}x${height} pixels, ${channels} channels`,
      expected: `${count} bytes`,
      found: `${data.length}`,
    })
  }
  return data === image.data ? (image as PixelImage) : { width, height, channels, data }
}

/**
 * Throws unless `size` is a pair of positive integers `[height, width]` of reasonable product.
 * @throws OptionError
 */
export function checkSize(size: Size2): void {
  const good = Array.isArray(size) && size.length === 2 && size.every(isCount) && size[0] * size[1] <= maxTargetPixels
  if (!good) {
    const expected = `positive integers [height, width] of at most ${maxTargetPixels} pixels`
    throw new OptionError({ where: 'target size', expected, found: show(size) })
  }
}

/** The image's bytes as one storage class, so that the loops that read them see a single type. Nothing is copied. */
export function bytesOf({ data }: PixelImage): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.length)
}

/** By tag, not `instanceof`: bytes may come from another frame or worker realm. Elements of other views are no bytes. */
function bytesIn(data: PixelSource['data']): PixelImage['data'] {
  const kind = kindOf(data)
  if (/^Uint8(Clamped)?Array$/.test(kind) && ArrayBuffer.isView(data)) return data as PixelImage['data']
  if (/^(DataView|(Shared)?ArrayBuffer)$/.test(kind)) return toBytes(data, 'image data')
  const expected = 'bytes: Uint8Array, Uint8ClampedArray, Buffer, DataView or ArrayBuffer'
  throw new ShapeError({ where: 'image data', expected, found: kind })
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) > 0
}

const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice('[object '.length, -1)
