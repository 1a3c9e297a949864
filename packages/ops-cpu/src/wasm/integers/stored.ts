import type { ElementType } from '@depthwise/core'
import { type ByteType, byteTypeOf } from '@depthwise/core/integers'
import type { Arithmetic } from './arithmetic.ts'
import { roundingBits } from './kernels/requantize.ts'

/** A quantized value as kernels see it: bytes of one sign, whatever its dtype. */
export interface Stored {
  readonly type: ByteType
  /** What memory holds is what the dtype holds plus this: 0, 128 or -128. */
  readonly shift: number
  /** The zero point in memory. */
  readonly zero: number
}

export function storedAs(elements: ElementType, { signed }: Pick<Arithmetic, 'signed'>): Stored {
  const type = byteTypeOf(elements)
  const shift = type.dtype === 'int8' ? (signed ? 0 : 128) : signed ? -128 : 0
  return { type, shift, zero: type.zeroPoint + shift }
}

/** The words of a record that say how numbers, in steps of the result, become its bytes. */
export function requantizeWords(
  { type, zero }: Stored,
  bounds: { readonly min: number; readonly max: number } = type,
): { readonly min: number; readonly max: number; readonly zero: number } {
  const { zeroPoint } = type
  return { min: bounds.min - zeroPoint, max: bounds.max - zeroPoint, zero: roundingBits - zero }
}
