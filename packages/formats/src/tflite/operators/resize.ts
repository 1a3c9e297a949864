import type { Value } from '@depthwise/core'
import type { ResizeFilter, ResizeOp } from '@depthwise/core/backend'
import { resizeBilinearOptions, resizeNearestNeighborOptions } from '../schema.ts'
import { image } from './alignment.ts'
import type { Importer, Operation } from './operation.ts'

const schemas = { bilinear: resizeBilinearOptions, nearest: resizeNearestNeighborOptions } as const

/** RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR: to a constant `[height, width]`, by corners, by half pixels or by neither. */
export function resize(filter: ResizeFilter): Importer {
  return operation => {
    const operand = image(operation, 0)
    const options = operation.optionsIfAny(schemas[filter])
    const byCorners = (options?.uint8('align_corners') ?? 0) !== 0
    const byHalfPixels = (options?.uint8('half_pixel_centers') ?? 0) !== 0
    if (byCorners && byHalfPixels) {
      throw operation.malformed('one of align_corners and half_pixel_centers', 'both')
    }
    const size = operation.integers(operation.constant(1))
    if (size.length !== 2 || !size.every(extent => extent > 0)) {
      throw operation.malformed('a height and a width, both above 0, as operand 1', `[${size.slice(0, 8)}]`)
    }
    const op: ResizeOp = {
      kind: 'resize',
      size: size as unknown as ResizeOp['size'],
      filter,
      coordinates: byCorners ? 'alignCorners' : byHalfPixels ? 'halfPixel' : 'asymmetric',
      rounding: filter === 'nearest' && (byCorners || byHalfPixels) ? 'roundPreferCeil' : 'floor',
      scales: null,
    }
    const { value, bounds } = operand
    if (!changesElements(operation, value)) return { kind: 'node', op, operands: [value], bounds }
    // The bytes are resized as they are, and restated in the type of the result afterwards.
    const resized = operation.insert(op, [value])
    return { kind: 'same', operand: { ...operand, value: resized, shape: resized.shape } }
  }
}

/** Whether the result of an operand that stays quantized is quantized otherwise. */
function changesElements({ output }: Operation, { dtype, quantization }: Value): boolean {
  if (!quantization || !output.quantization) return false
  const { scales, zeroPoints } = output.quantization
  return (
    output.type.toLowerCase() !== dtype || scales[0] !== quantization.scale || zeroPoints[0] !== quantization.zeroPoint
  )
}
