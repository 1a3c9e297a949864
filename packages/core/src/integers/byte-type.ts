import { GraphError } from '../errors.ts'
import { formatElements, isPerTensor, storedRange } from '../quantization.ts'
import type { ElementType } from '../tensor.ts'

/** A quantized element type as integer arithmetic takes it: real = (stored - zeroPoint) * scale. */
export interface ByteType {
  readonly dtype: 'int8' | 'uint8'
  /** A float32: runtimes and files hold scales as such. */
  readonly scale: number
  readonly zeroPoint: number
  /** The range of the dtype. */
  readonly min: number
  readonly max: number
}

/** Bounds of stored values, both inclusive. */
export interface StoredBounds {
  readonly min: number
  readonly max: number
}

/**
 * A quantized element type of one scale, which is rounded to float32.
 * @throws GraphError naming `where` for any other element type
 */
export function byteTypeOf(elements: ElementType, where = 'element type'): ByteType {
  const { dtype, quantization } = elements
  if ((dtype !== 'int8' && dtype !== 'uint8') || !quantization || !isPerTensor(quantization)) {
    throw new GraphError({
      where,
      expected: 'int8 or uint8 with one scale and zero point',
      found: formatElements(elements),
    })
  }
  const [min, max] = storedRange(dtype) as readonly [number, number]
  return { dtype, scale: Math.fround(quantization.scale), zeroPoint: quantization.zeroPoint, min, max }
}

/** The stored value nearest to an integer; what is not a number becomes the zero point. */
export function saturate(value: number, { min, max, zeroPoint }: ByteType): number {
  if (Number.isNaN(value)) return zeroPoint
  return Math.min(Math.max(value, min), max)
}

/** Whether two types store the same reals as the same bytes. */
export function sameBytes(a: ByteType, b: ByteType): boolean {
  return a.dtype === b.dtype && a.scale === b.scale && a.zeroPoint === b.zeroPoint
}
