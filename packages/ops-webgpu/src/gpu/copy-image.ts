import type { GpuDevice, GpuTexture } from './types.ts'

/** The one host facility used, where there is one. */
interface Host {
  readonly OffscreenCanvas?: new (
    width: number,
    height: number,
  ) => {
    getContext(
      kind: '2d',
    ): { drawImage(source: unknown, x: number, y: number, width: number, height: number): void } | null
  }
}

/**
 * Copies an image of the host's into a texture, before it returns. Chromium without a GPU process of its own refuses video
 * frames ("Failed to copy content from video element"); those go by way of a canvas, which takes them.
 */
export function copyImage(device: GpuDevice, source: object, texture: GpuTexture): void {
  const size = { width: texture.width, height: texture.height }
  const copy = (from: object): void =>
    device.queue.copyExternalImageToTexture({ source: from as never }, { texture: texture as never }, size)
  try {
    copy(source)
  } catch (error) {
    const { OffscreenCanvas } = globalThis as unknown as Host
    const isVideo = 'displayWidth' in source || 'videoWidth' in source
    if (!isVideo || !OffscreenCanvas) throw error
    const canvas = new OffscreenCanvas(size.width, size.height)
    canvas.getContext('2d')?.drawImage(source, 0, 0, size.width, size.height)
    copy(canvas)
  }
}
