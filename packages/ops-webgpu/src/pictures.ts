import { OptionError, ShapeError } from '@depthwise/core'
import { show } from '@depthwise/core/backend'
import { bindCommand, type Launch } from './bind.ts'
import type { Picture, View } from './device-values.ts'
import { type Frame, Frames } from './frames.ts'
import type { Context } from './gpu/context.ts'
import { copyImage } from './gpu/copy-image.ts'
import { imageSize } from './gpu/image-size.ts'
import { attempt } from './gpu/refusal.ts'
import { assertAccepted, judged } from './gpu/scope.ts'
import type { GpuTexture } from './gpu/types.ts'
import { picture, viewLength } from './kernels/picture.ts'
import type { Port } from './program.ts'
import { viewInto } from './view.ts'

/** Pictures of one input, copied to the device; the kernels that read them run with the graph. */
export interface Accepted {
  readonly launches: Promise<readonly Launch[]>
  /** Releases their memory, after the run or instead of it. */
  done(): void
}

/** A picture that fits its input. */
interface Checked {
  readonly picture: Picture
  readonly view: View
  /** Of the texture to make; null for a texture of the caller's. */
  readonly size: { readonly width: number; readonly height: number } | null
}

export function isPicture(value: unknown): value is Picture | readonly Picture[] {
  const one = Array.isArray(value) ? value[0] : value
  return typeof one === 'object' && one !== null && 'view' in one && 'source' in one
}

/** Copies pictures into textures and binds the kernels that read them. */
export class PictureDesk {
  readonly #context: Context
  readonly #frames: Frames

  constructor(context: Context) {
    this.#context = context
    this.#frames = new Frames(context)
  }

  /** @throws ShapeError or OptionError for pictures that do not fit or cannot be read; nothing is kept of them then */
  accept(port: Port, given: Picture | readonly Picture[]): Accepted {
    const { device } = this.#context
    const where = `picture for "${port.name}"`
    const checked = check(port, Array.isArray(given) ? given : [given], where, device.limits.maxTextureDimension2D)
    const taken: Frame[] = []
    const bind = ({ picture: { source, resampling, affine }, view, size }: Checked, image: number): Promise<Launch> => {
      const frame = this.#frames.take(size)
      taken.push(frame)
      if (frame.texture) copyImage(device, source, frame.texture, where)
      const texture = frame.texture ?? (source as GpuTexture)
      const uniform = { buffer: frame.view, offset: 0, size: viewLength * 4 }
      const textureView = attempt(where, () => {
        device.queue.writeBuffer(frame.view, 0, uniformOf(view, affine, port, image))
        return texture.createView()
      })
      const resources = [textureView, uniform, port.place]
      const launch = bindCommand(this.#context, picture(port.layout, resampling), `input "${port.name}"`, resources)
      // Awaited below, unless the host refuses a later picture.
      launch.catch(() => {})
      return launch
    }
    try {
      const { result: bound, verdict } = judged(device, () => checked.map(bind))
      // Only textures that the device has accepted are worth keeping.
      let accepted = false
      const launches = Promise.all([verdict, ...bound]).then(([errors, ...ready]) => {
        assertAccepted(errors, where)
        accepted = true
        return ready
      })
      return { launches, done: () => (accepted ? this.#frames.keep(taken) : this.#frames.drop(taken)) }
    } catch (error) {
      this.#frames.drop(taken)
      throw error
    }
  }

  dispose(): void {
    this.#frames.dispose()
  }
}

/** @throws ShapeError or OptionError for what does not fit; nothing has been made by then */
function check({ name, shape }: Port, pictures: readonly Picture[], where: string, limit: number): readonly Checked[] {
  const [batch, height = 0, width = 0, channels] = shape
  if (shape.length !== 4 || channels !== 3 || pictures.length !== batch) {
    const expected = `${batch} pictures for ${shape.join('x')}, which must be [batch, height, width, 3]`
    throw new ShapeError({ where: `input "${name}"`, expected, found: `${pictures.length}` })
  }
  return pictures.map(picture => {
    const { source, resampling, affine } = picture
    const size = imageSize(source, where)
    const own = !('createView' in source)
    if (own && Math.max(...size) > limit) {
      const expected = `a picture of at most ${limit}x${limit} (maxTextureDimension2D of the device)`
      throw new ShapeError({ where, expected, found: `${size.join('x')}: make it smaller first, on a canvas` })
    }
    checkAffine(affine, where)
    const view = viewInto(picture, size, [height, width], where)
    if (resampling.filter !== 'bilinear' && resampling.filter !== 'bicubic') {
      throw new OptionError({ where: 'filter', expected: 'bilinear, bicubic', found: `${resampling.filter}` })
    }
    return { picture, view, size: own ? { height: size[0], width: size[1] } : null }
  })
}

/** Numbers that are missing would be zeros, and the channel as well. */
function checkAffine({ scale, offset }: Picture['affine'], where: string): void {
  for (const numbers of [scale, offset]) {
    if (numbers?.length >= 3 && numbers.slice(0, 3).every(Number.isFinite)) continue
    throw new OptionError({
      where: `${where}, affine`,
      expected: 'a number for each of 3 channels',
      found: show(numbers),
    })
  }
}

/** The uniform `View` of the kernel, field by field; vectors of four stand at multiples of 16 bytes. */
function uniformOf(
  { source, scaled, window }: View,
  affine: Picture['affine'],
  { layout }: Port,
  image: number,
): Float32Array<ArrayBuffer> {
  const numbers = new Float32Array(viewLength)
  const integers = new Int32Array(numbers.buffer)
  integers.set([source.left, source.top, source.width, source.height], 0)
  numbers.set([source.width / scaled[1], source.height / scaled[0], window.left, window.top], 4)
  numbers.set(affine.scale.slice(0, 3), 8)
  numbers.set(affine.offset.slice(0, 3), 12)
  integers[16] = image * (layout.rows / (layout.shape[0] ?? 1)) * layout.groups
  integers[17] = affine.order === 'bgr' ? 1 : 0
  return numbers
}
