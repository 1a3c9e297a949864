import { FormatError, OptionError } from '@depthwise/core'
import { fromImageData, type PixelImage } from '@depthwise/models'
import type { DrawableLike, ImageElementLike } from '../image/source.ts'

/** The parts of the DOM that are used, so that these sources compile without its types. */
export interface Drawing {
  drawImage(source: object, x: number, y: number, width: number, height: number): void
  getImageData(
    x: number,
    y: number,
    width: number,
    height: number,
  ): { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray }
}
interface Canvas {
  width: number
  height: number
  getContext(kind: '2d', options: { willReadFrequently: boolean }): Drawing | null
}
interface Host {
  readonly OffscreenCanvas?: new (width: number, height: number) => Canvas
  readonly document?: { createElement(name: 'canvas'): Canvas }
}

/** Most pixels that are drawn, 16384 by 16384: what canvases of all engines hold at most. */
const maxPixels = 2 ** 28

/** Width and height of what a page draws from, as its file or stream has them, not as the page shows it. */
function naturalSize(source: DrawableLike): readonly [width: number, height: number] | null {
  if ('naturalWidth' in source) return [source.naturalWidth, source.naturalHeight]
  if ('videoWidth' in source) return [source.videoWidth, source.videoHeight]
  if ('displayWidth' in source) return [source.displayWidth, source.displayHeight]
  // Not any object with these fields: pixels, which a mistake may have left without their data, are not drawn.
  const isBitmap = /^\[object (HTMLCanvasElement|OffscreenCanvas|ImageBitmap)\]$/.test(
    Object.prototype.toString.call(source),
  )
  return isBitmap ? [source.width, source.height] : null
}

/**
 * The pixels of an `<img>`, `<video>`, canvas, bitmap or frame at its natural size, RGBA.
 * @returns null for other values
 * @throws OptionError for an `<img>` without a file, a video without a frame, and one of another origin, whose pixels a page may
 * not read; FormatError for an `<img>` whose file does not load
 */
export async function pixelsOfDrawable(source: DrawableLike, where: string): Promise<PixelImage | null> {
  if (typeof source !== 'object' || source === null) return null
  if ('naturalWidth' in source) await loaded(source, where)
  const size = naturalSize(source)
  if (size === null) return null
  const [width, height] = size
  if (!(width > 0 && height > 0)) {
    const isVideo = 'videoWidth' in source
    const expected = isVideo ? "a video that shows a frame: wait for its 'loadeddata' event" : 'an image with pixels'
    throw new OptionError({ where, expected, found: isVideo ? 'a video without one' : `one of ${width}x${height}` })
  }
  if (width * height > maxPixels) {
    throw new FormatError({ where, expected: `at most ${maxPixels} pixels`, found: `${width}x${height}` })
  }
  const drawing = canvasOf(width, height)
  try {
    drawing.drawImage(source, 0, 0, width, height)
    return fromImageData(drawing.getImageData(0, 0, width, height))
  } catch (cause) {
    const isTainted = (cause as { readonly name?: string }).name === 'SecurityError'
    const expected = isTainted
      ? 'an image of this origin, or one with crossorigin="anonymous" and CORS headers'
      : 'an image that can be drawn'
    throw new OptionError({
      where,
      expected,
      found: isTainted ? 'one of another origin' : `${(cause as Error).message}`,
      cause,
    })
  }
}

/** The part of an `<img>` that shows whether it is loaded. */
interface Loading {
  readonly complete: boolean
  readonly currentSrc: string
  src: string
  srcset: string
  loading: string
  decode(): Promise<void>
}

/** Waits for an `<img>` that is loading. */
async function loaded(image: ImageElementLike, where: string): Promise<void> {
  const element = image as ImageElementLike & Partial<Loading>
  if (element.src === '' && element.srcset === '' && !element.currentSrc) {
    throw new OptionError({ where, expected: 'an <img> with a file', found: 'one without src' })
  }
  // One that waits until it is scrolled to would never load out of sight.
  if (element.loading === 'lazy') element.loading = 'eager'
  const failed = (cause?: unknown): FormatError => {
    const address = element.currentSrc || element.src || ''
    const found = `one that does not${address.startsWith('data:') ? '' : `: ${address.slice(0, 200)}`}`
    return new FormatError({ where, expected: 'an image that loads', found, cause })
  }
  if (element.complete === false) {
    await element.decode?.().catch((cause: unknown) => {
      throw failed(cause)
    })
  }
  if (image.naturalWidth === 0) throw failed()
}

function canvasOf(width: number, height: number): Drawing {
  const { OffscreenCanvas, document } = globalThis as unknown as Host
  const canvas = OffscreenCanvas ? new OffscreenCanvas(width, height) : document?.createElement('canvas')
  if (canvas) [canvas.width, canvas.height] = [width, height]
  const drawing = canvas?.getContext('2d', { willReadFrequently: true })
  if (drawing) return drawing
  throw new OptionError({
    where: 'image',
    expected: 'pixels { width, height, channels, data }, since this host has no canvas',
    found: 'an image to draw',
  })
}
