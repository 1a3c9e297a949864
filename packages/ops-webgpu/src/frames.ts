import type { Context } from './gpu/context.ts'
import { usage } from './gpu/flags.ts'
import type { GpuBuffer, GpuTexture } from './gpu/types.ts'
import { viewLength } from './kernels/picture.ts'

/** What one picture needs on the device. */
export interface Frame {
  /** Null for pictures that are textures of the caller's. */
  readonly texture: GpuTexture | null
  /** The uniform it is looked at through. */
  readonly view: GpuBuffer
}

/** What is kept for pictures to come, or as many as the last run had: enough for two frames of a 4K video. */
const spareFrames = 16
const spareBytes = 2 ** 26

/** The memory of pictures, reused by the next picture of the same size. */
export class Frames {
  readonly #context: Context
  /** The longest unused first. */
  readonly #spare: Frame[] = []

  constructor(context: Context) {
    this.#context = context
  }

  /** With a texture of that size, or with none for null; the caller gives it to `keep` or `drop`. */
  take(size: { readonly width: number; readonly height: number } | null): Frame {
    const fits = ({ texture }: Frame): boolean => texture?.width === size?.width && texture?.height === size?.height
    const index = this.#spare.findLastIndex(fits)
    const [spare] = index < 0 ? [] : this.#spare.splice(index, 1)
    if (spare) return spare
    const texture = size && this.#context.createTexture('picture', size.width, size.height)
    try {
      const flags = usage.uniform | usage.copyTarget
      return { texture, view: this.#context.createBuffer('view of a picture', viewLength * 4, flags) }
    } catch (error) {
      if (texture) this.#context.destroy(texture)
      throw error
    }
  }

  /** For pictures to come; what is beyond the bounds is destroyed, the longest unused first. */
  keep(frames: readonly Frame[]): void {
    this.#spare.push(...frames)
    const bytes = (): number => this.#spare.reduce((sum, { texture }) => sum + bytesOf(texture), 0)
    const max = Math.max(spareFrames, frames.length)
    while (this.#spare.length > max || bytes() > spareBytes) this.drop(this.#spare.splice(0, 1))
  }

  /** Destroys them. */
  drop(frames: readonly Frame[]): void {
    for (const { texture, view } of frames) {
      if (texture) this.#context.destroy(texture)
      this.#context.destroy(view)
    }
  }

  dispose(): void {
    this.drop(this.#spare.splice(0))
  }
}

function bytesOf(texture: GpuTexture | null): number {
  return texture ? texture.width * texture.height * 4 : 0
}
