import { OptionError } from '@depthwise/core'
import { messageOf } from './refusal.ts'
import type { GpuDevice, GpuTexture } from './types.ts'

interface Canvas {
  getContext(kind: '2d'): {
    drawImage(source: unknown, x: number, y: number, width: number, height: number): void
  } | null
}

/** The one host facility used, where there is one. */
interface Host {
  readonly OffscreenCanvas?: new (width: number, height: number) => Canvas
}

/**
 * Copies an image of the host's into a texture of its size, before it returns.
 * @throws OptionError, naming `where`, when the host refuses it: one of another origin, or no image at all
 */
export function copyImage(device: GpuDevice, source: object, texture: GpuTexture, where: string): void {
  const { width, height } = texture
  const copy = (from: object): void =>
    device.queue.copyExternalImageToTexture({ source: from as never }, { texture: texture as never }, { width, height })
  const { OffscreenCanvas } = globalThis as unknown as Host
  const drawn = (): object => {
    const canvas = OffscreenCanvas && new OffscreenCanvas(width, height)
    const context = canvas?.getContext('2d')
    if (!canvas || !context) throw new Error('no canvas to draw it on')
    context.drawImage(source, 0, 0, width, height)
    return canvas
  }
  try {
    // The natural size of an <img> depends on the density of its source (srcset, EXIF), which drawing applies. Chromium 156
    // copies the file's pixels instead, of which only the top left corner would fit.
    if (OffscreenCanvas && 'naturalWidth' in source) copy(drawn())
    else
      copyOrDraw(
        () => copy(source),
        () => copy(drawn()),
      )
  } catch (cause) {
    throw new OptionError({ where, expected: 'an image that can be copied', found: messageOf(cause), cause })
  }
}

/**
 * Chromium without a GPU process of its own refuses video frames ("Failed to copy content from video element"), but draws them
 * on a canvas, which it copies.
 */
function copyOrDraw(copy: () => void, draw: () => void): void {
  try {
    copy()
  } catch (error) {
    try {
      draw()
    } catch {
      throw error
    }
  }
}
