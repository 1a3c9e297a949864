import type { BytesLike } from '@depthwise/core'
import type { ImageDataLike, PixelImage } from '@depthwise/models'

/** A `URL` object. */
export interface UrlLike {
  readonly href: string
}

/** The part of a `Blob` or `File` that is read. */
export interface BlobLike {
  readonly size: number
  readonly type: string
  /** Of a `File`. */
  readonly name?: string
  arrayBuffer(): Promise<ArrayBuffer>
}

/** An `<img>`, by the size of its file; the size at which the page shows it does not matter. */
export interface ImageElementLike {
  readonly naturalWidth: number
  readonly naturalHeight: number
}

/** A `<video>`: the frame that it shows. */
export interface VideoElementLike {
  readonly videoWidth: number
  readonly videoHeight: number
}

/** A `VideoFrame` of WebCodecs. */
export interface VideoFrameLike {
  readonly displayWidth: number
  readonly displayHeight: number
}

/** A `<canvas>`, an `OffscreenCanvas` or an `ImageBitmap`. */
export interface BitmapLike {
  readonly width: number
  readonly height: number
}

/** What a page draws images from. */
export type DrawableLike = ImageElementLike | VideoElementLike | VideoFrameLike | BitmapLike

/**
 * An image in any form that the host has. Text is a path (in Node), an address or a `data:` URL; bytes and blobs hold an encoded
 * file; `{ width, height, channels, data }` and `ImageData` hold pixels. Orientation notes of cameras (EXIF) are applied,
 * transparent pixels are blended onto white.
 */
export type ImageSource = string | UrlLike | BytesLike | BlobLike | PixelImage | ImageDataLike | DrawableLike

const has = (value: unknown, ...fields: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && fields.every(field => field in value)

export const isUrl = (source: unknown): source is UrlLike => has(source, 'href') && !has(source, 'width')
export const isBlob = (source: unknown): source is BlobLike => has(source, 'arrayBuffer', 'size', 'type')
export const isPixels = (source: unknown): source is PixelImage => has(source, 'width', 'height', 'channels', 'data')
export const isImageData = (source: unknown): source is ImageDataLike =>
  has(source, 'width', 'height', 'data') && !has(source, 'channels')

/** Largest image that is downloaded: well above any photo. */
export const maxImageBytes: number = 2 ** 28

/** How an error refers to an image. */
export function nameOf(source: unknown): string {
  if (typeof source === 'string') return source.startsWith('data:') ? 'a data: URL' : source || '""'
  if (isUrl(source)) return source.href.slice(0, 200)
  if (isBlob(source) && source.name) return source.name
  return 'image'
}
