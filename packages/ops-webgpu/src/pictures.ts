import { OptionError, ShapeError } from '@depthwise/core'
import type { ExternalImage, Picture } from './device-values.ts'
import { bindCommand, type Launch } from './encode.ts'
import type { Context } from './gpu/context.ts'
import { copyImage } from './gpu/copy-image.ts'
import { usage } from './gpu/flags.ts'
import { assertAccepted, judged } from './gpu/scope.ts'
import type { GpuBuffer, GpuTexture } from './gpu/types.ts'
import { picture, viewLength } from './kernels/picture.ts'
import type { Port } from './program.ts'

/** What one picture needs on the device, kept for the next one of its size. */
interface Frame {
  /** Null for textures of the caller's. */
  readonly texture: GpuTexture | null
  readonly view: GpuBuffer
  readonly size: string
}

/** Pictures on their way in: read when they are accepted, looked at when the run's turn comes. */
export interface Accepted {
  readonly launches: Promise<readonly Launch[]>
  done(): void
}

export function isPicture(value: unknown): value is Picture | readonly Picture[] {
  const one = Array.isArray(value) ? value[0] : value
  return typeof one === 'object' && one !== null && 'view' in one && 'source' in one
}

/** Copies pictures into textures, which it keeps for pictures to come. */
export class PictureDesk {
  readonly #context: Context
  readonly #spare: Frame[] = []

  constructor(context: Context) {
    this.#context = context
  }

  accept(port: Port, given: Picture | readonly Picture[]): Accepted {
    const pictures: readonly Picture[] = Array.isArray(given) ? given : [given]
    check(port, pictures)
    const frames: Frame[] = []
    const { result: bound, verdict } = judged(this.#context.device, () =>
      pictures.map((each, image) => {
        const frame = this.#frame(each)
        frames.push(frame)
        const texture = frame.texture ?? (each.source as GpuTexture)
        this.#context.device.queue.writeBuffer(frame.view, 0, viewOf(each, port, image))
        const kernel = picture(port.layout, each.resampling)
        const resources = [texture.createView(), { buffer: frame.view, offset: 0, size: viewLength * 4 }, port.place]
        return bindCommand(this.#context, kernel, `input "${port.name}"`, resources)
      }),
    )
    const launches = Promise.all([verdict, ...bound]).then(([said, ...ready]) => {
      assertAccepted(said, `picture for "${port.name}"`)
      return ready
    })
    return { launches, done: () => void this.#spare.push(...frames) }
  }

  dispose(): void {
    for (const { texture, view } of this.#spare.splice(0)) {
      if (texture) this.#context.destroy(texture)
      this.#context.destroy(view)
    }
  }

  #frame({ source }: Picture): Frame {
    const own = !('createView' in source)
    const [width, height] = extentOf(source)
    const size = own ? `${width}x${height}` : 'a texture of the caller'
    const index = this.#spare.findIndex(frame => frame.size === size)
    const frame = this.#spare.splice(index, index < 0 ? 0 : 1)[0] ?? {
      texture: own ? this.#context.createTexture('picture', width, height) : null,
      view: this.#context.createBuffer('view of a picture', viewLength * 4, usage.uniform | usage.copyTarget),
      size,
    }
    if (frame.texture) copyImage(this.#context.device, source, frame.texture)
    return frame
  }
}

function extentOf(source: ExternalImage | GpuTexture): readonly [width: number, height: number] {
  if ('displayWidth' in source) return [source.displayWidth, source.displayHeight]
  if ('videoWidth' in source) return [source.videoWidth, source.videoHeight]
  return [source.width, source.height]
}

function check({ name, shape }: Port, pictures: readonly Picture[]): void {
  const [batch, height = 0, width = 0, channels] = shape
  if (shape.length !== 4 || channels !== 3 || pictures.length !== batch) {
    const expected = `${batch} pictures for ${shape.join('x')}, which must be [batch, height, width, 3]`
    throw new ShapeError({ where: `input "${name}"`, expected, found: `${pictures.length}` })
  }
  for (const { source, view, resampling } of pictures) {
    const [across, down] = extentOf(source)
    const spans = [
      [view.source.left, view.source.width, across],
      [view.source.top, view.source.height, down],
      [view.window.left, view.window.width, view.scaled[1]],
      [view.window.top, view.window.height, view.scaled[0]],
    ] as const
    const inside = spans.every(
      ([start, extent, whole]) =>
        [start, extent, whole].every(Number.isSafeInteger) && start >= 0 && extent > 0 && start + extent <= whole,
    )
    if (!inside || view.window.height !== height || view.window.width !== width) {
      const expected = `a view of ${height}x${width} inside a picture of ${down}x${across}`
      throw new ShapeError({ where: `picture for "${name}"`, expected, found: JSON.stringify(view) })
    }
    if (resampling.filter !== 'bilinear' && resampling.filter !== 'bicubic') {
      throw new OptionError({ where: 'filter', expected: 'bilinear, bicubic', found: `${resampling.filter}` })
    }
  }
}

/** The uniform `View` of the kernel, field by field; vectors of four stand at multiples of 16 bytes. */
function viewOf({ view, affine }: Picture, { layout }: Port, image: number): Float32Array<ArrayBuffer> {
  const { source, scaled, window } = view
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
