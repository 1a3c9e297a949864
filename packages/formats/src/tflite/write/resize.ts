import type { OpOf, ResizeOp } from '@depthwise/core/backend'
import { bilinearTaps, nearestIndices } from '@depthwise/core/heads'
import { resizeBilinearOptions, resizeNearestNeighborOptions } from '../schema.ts'
import { int8 } from './flatbuffer.ts'
import { optionsOf, type Step, type Written } from './step.ts'

/** The resizes that a file can say, its rule of rounding following from that of coordinates. */
const writable = [
  { coordinates: 'halfPixel', rounding: 'roundPreferCeil' },
  { coordinates: 'alignCorners', rounding: 'roundPreferCeil' },
  { coordinates: 'asymmetric', rounding: 'floor' },
] as const

export function resize(op: OpOf<'resize'>, step: Step): Written {
  const { size, filter } = op
  // Its own form first, where the file has that.
  const forms = writable.toSorted((a, b) => Number(isSaid(op, b)) - Number(isSaid(op, a)))
  const form = forms.find(each => isSame(op, { ...op, ...each, scales: null }, step))
  if (!form) {
    const found = [op.coordinates, op.rounding, ...(op.scales ? [`scales ${op.scales}`] : [])].join(', ')
    throw step.unsupported('a resize by half pixels, by corners or asymmetric, to the nearest as TFLite rounds', found)
  }
  const alignCorners = int8(Number(form.coordinates === 'alignCorners'))
  const halfPixels = int8(Number(form.coordinates === 'halfPixel'))
  const isNearest = filter === 'nearest'
  const options = { align_corners: alignCorners, half_pixel_centers: halfPixels }
  return step.result(isNearest ? 'RESIZE_NEAREST_NEIGHBOR' : 'RESIZE_BILINEAR', step.first, {
    others: [step.integers('size', [2], size)],
    isCentred: form.coordinates === 'halfPixel' || (isNearest && form.coordinates === 'alignCorners'),
    options: isNearest ? optionsOf(resizeNearestNeighborOptions, options) : optionsOf(resizeBilinearOptions, options),
  })
}

const isSaid = (op: ResizeOp, { coordinates, rounding }: (typeof writable)[number]): boolean =>
  op.coordinates === coordinates && (op.filter === 'bilinear' || op.rounding === rounding)

/** Whether two resizes read the same pixels with the same weights. */
function isSame(a: ResizeOp, b: ResizeOp, { first: { shape } }: Step): boolean {
  return ([0, 1] as const).every(axis => {
    const from = shape[axis + 1] as number
    const taps = (op: ResizeOp): string =>
      JSON.stringify(op.filter === 'nearest' ? nearestIndices(op, axis, from) : bilinearTaps(op, axis, from))
    return taps(a) === taps(b)
  })
}
