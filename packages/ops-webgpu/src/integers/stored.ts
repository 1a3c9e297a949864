import type { ElementType } from '@depthwise/core'
import { type ByteType, byteTypeOf } from '@depthwise/core/integers'

/** A quantized value as kernels see it: signed bytes, whatever its dtype, four channels in a word. */
export interface Stored {
  readonly type: ByteType
  /** What memory holds is what the dtype holds plus this: 0, or -128 for unsigned bytes. */
  readonly shift: number
  /** The zero point in memory. */
  readonly zero: number
}

export function storedAs(elements: ElementType): Stored {
  const type = byteTypeOf(elements)
  const shift = type.dtype === 'uint8' ? -128 : 0
  return { type, shift, zero: type.zeroPoint + shift }
}

/** Whether two types store the same reals as the same bytes of memory: of one scale, int8 and uint8 with zero points 128 apart. */
export function sameMemory(a: ElementType, b: ElementType): boolean {
  const [from, to] = [storedAs(a), storedAs(b)]
  return from.type.scale === to.type.scale && from.zero === to.zero
}
