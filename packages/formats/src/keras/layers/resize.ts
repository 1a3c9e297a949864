import type { Value } from '@depthwise/core'
import type { ResizeFilter, Size2 } from '@depthwise/core/backend'
import { image, type LayerCall, type LayerImporter, unsupported } from './call.ts'

const filters: Readonly<Record<string, ResizeFilter>> = { bilinear: 'bilinear', nearest: 'nearest' }

/** Keras resizes by half pixels, as `tf.image.resize` of TensorFlow 2 does. */
function resized(call: LayerCall, x: Value, size: Size2, fallback: ResizeFilter): Value {
  const interpolation = call.fields.string('interpolation', fallback)
  const filter = Object.hasOwn(filters, interpolation) && filters[interpolation]
  if (!filter) throw unsupported(call, 'interpolation bilinear or nearest', interpolation.slice(0, 80))
  return call.builder.resize(x, { name: call.name, size, filter })
}

/** UpSampling2D: rows and columns times whole numbers. */
export const upsampling2d: LayerImporter = call => {
  const x = image(call)
  const [, height, width] = x.shape as [number, number, number]
  const [rows, columns] = call.fields.size('size', [2, 2])
  return resized(call, x, [rows * height, columns * width], 'nearest')
}

/** Resizing, which does nothing where the image has that size already. */
export const resizing: LayerImporter = call => {
  const { fields } = call
  const x = image(call)
  const [, height, width] = x.shape as [number, number, number]
  const size = [fields.count('height'), fields.count('width')] as const
  if (size[0] === height && size[1] === width) return x
  const shrinks = size[0] < height || size[1] < width
  const changed = [
    ...['crop_to_aspect_ratio', 'pad_to_aspect_ratio'].filter(field => fields.flag(field, false)),
    ...(shrinks && fields.flag('antialias', false) ? ['antialias'] : []),
  ]
  if (changed.length > 0) throw unsupported(call, 'a whole image resized as it is', changed.join(', '))
  return resized(call, x, size, 'bilinear')
}
