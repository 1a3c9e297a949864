import { type Bounds, FormatError, type Shape, UnsupportedOpError } from '@depthwise/core'
import type { PerTensorQuantization } from '@depthwise/core/backend'
import type { quantizationSchema, TensorType } from './schema.ts'
import type { Table } from './table.ts'

/** `real = (stored - zeroPoint) * scale`, one pair for the whole tensor or one for each index along `axis`. */
export interface TensorQuantization {
  readonly scales: readonly number[]
  readonly zeroPoints: readonly number[]
  readonly axis: number
}

/** Integers that may stand for themselves: bytes of images, and what CAST makes of them. */
const bareTypes: ReadonlySet<TensorType> = new Set(['UINT8', 'INT8', 'INT32', 'INT64'])

/** The integers an activation may be stored as. Anything but these and FLOAT32 is no activation here. */
const storedRanges: Partial<Record<TensorType, Bounds>> = {
  UINT8: { min: 0, max: 255 },
  INT8: { min: -128, max: 127 },
}

/**
 * `Tensor.quantization`, or null where a tensor has none: the table may be missing, or there with no scales.
 * @throws FormatError for scales that are not positive reals or whose count does not fit the shape; UnsupportedOpError for
 * other techniques
 */
export function readQuantization(
  table: Table<(typeof quantizationSchema.fields)[number]> | null,
  shape: Shape,
  where: string,
): TensorQuantization | null {
  if (!table) return null
  if (table.uint8('details_type') !== 0) {
    throw new UnsupportedOpError({ where, expected: 'scales and zero points', found: 'a custom quantization' })
  }
  const scales = table.float32s('scale')
  if (scales.length === 0) return null
  const zeroPoints = table.int64s('zero_point')
  // Scales of a list can only run along its one axis; old converters state that of the weights which the list belongs to.
  const axis = shape.length === 1 ? 0 : table.int32('quantized_dimension')
  if (!scales.every(scale => scale > 0 && scale < Infinity)) {
    const found = `${scales.find(scale => !(scale > 0 && scale < Infinity))}`
    throw new FormatError({ where: table.where('scale'), expected: 'positive finite scales', found })
  }
  if (zeroPoints.length !== scales.length || !zeroPoints.every(Number.isSafeInteger)) {
    const found = `${zeroPoints.length} for ${scales.length} scales`
    throw new FormatError({ where: table.where('zero_point'), expected: 'an integer a scale', found })
  }
  if (scales.length > 1 && shape[axis] !== scales.length) {
    const expected = `one scale, or one for each index along axis ${axis} of ${shape.join('x') || 'a scalar'}`
    throw new FormatError({ where, expected, found: `${scales.length} scales` })
  }
  return { scales, zeroPoints, axis: scales.length > 1 ? axis : 0 }
}

/**
 * The one scale and zero point of an activation; null for float32.
 * @throws FormatError for a missing or a per-channel scale or a zero point out of range; UnsupportedOpError for other types
 */
export function activationQuantization(
  type: TensorType,
  quantization: TensorQuantization | null,
  where: string,
): PerTensorQuantization | null {
  if (type === 'FLOAT32') return null
  const stored = storedRanges[type]
  if (!stored) throw new UnsupportedOpError({ where, expected: 'FLOAT32, UINT8 or INT8 values', found: type })
  const [scale, zeroPoint] = [quantization?.scales[0], quantization?.zeroPoints[0]]
  if (scale === undefined || zeroPoint === undefined || quantization?.scales.length !== 1) {
    throw new FormatError({ where, expected: 'one scale', found: `${quantization?.scales.length ?? 0}` })
  }
  if (zeroPoint < stored.min || zeroPoint > stored.max) {
    throw new FormatError({
      where,
      expected: `a zero point from ${stored.min} to ${stored.max}`,
      found: `${zeroPoint}`,
    })
  }
  return { scale, zeroPoint }
}

/** Whether a tensor holds integers that no scale turns into reals. */
export function isBareInteger(tensor: {
  readonly type: TensorType
  readonly quantization: TensorQuantization | null
}): boolean {
  return tensor.quantization === null && bareTypes.has(tensor.type)
}

/** The integers that a bare type can hold. The wide ones count as unbounded: no image comes near their ends. */
export function bareRange(type: TensorType): Bounds {
  return storedRanges[type] ?? { min: -Infinity, max: Infinity }
}

/** The reals a value can hold where it is stored as `type`: everything for float32. */
export function representable(type: TensorType, quantization: PerTensorQuantization | null): Bounds {
  const stored = storedRanges[type]
  if (!stored || !quantization) return { min: -Infinity, max: Infinity }
  const real = (value: number): number => (value - quantization.zeroPoint) * quantization.scale
  return { min: real(stored.min), max: real(stored.max) }
}
