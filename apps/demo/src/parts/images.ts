import type { Picture } from '../worker/protocol.ts'

/** Longest side that goes to the worker: several times what networks look at, and still quick to copy. */
const longest = 640

/** What a browser can draw: files it can decode, frames of a camera. */
export async function pictureOfFile(file: Blob): Promise<Picture> {
  const bitmap = await createImageBitmap(file).catch(() => {
    const name = file instanceof File ? file.name : 'what was pasted'
    throw new Error(`This browser cannot open ${name} as an image. Convert it to PNG or JPEG.`)
  })
  try {
    return pictureOfSource(bitmap, bitmap.width, bitmap.height)
  } finally {
    bitmap.close()
  }
}

const canvas = document.createElement('canvas')

export function pictureOfSource(source: CanvasImageSource, width: number, height: number): Picture {
  const scale = Math.min(1, longest / Math.max(width, height))
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
  context.imageSmoothingQuality = 'high'
  // Transparent parts are white, as paper is.
  context.fillStyle = '#fff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(source, 0, 0, canvas.width, canvas.height)
  return plain(context.getImageData(0, 0, canvas.width, canvas.height))
}

/** An object of one's own: fields of an ImageData are its class', and lost where objects are spread. */
export const plain = ({ width, height, data }: ImageData): Picture => ({ width, height, data: data as Picture['data'] })
