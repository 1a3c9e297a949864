import type { DType } from '@depthwise/core'
import type { ElementType } from '../elements.ts'

/** The dtypes of the format that a tensor of core can take. */
export const storedTypes: Readonly<Record<string, ElementType>> = {
  BOOL: 'bool',
  U8: 'uint8',
  I8: 'int8',
  U16: 'uint16',
  I16: 'int16',
  F16: 'float16',
  BF16: 'bfloat16',
  U32: 'uint32',
  I32: 'int32',
  F32: 'float32',
  U64: 'uint64',
  I64: 'int64',
  F64: 'float64',
}

/** How core's dtypes are written. */
export const dtypeNames: { readonly [D in DType]: string } = { float32: 'F32', uint8: 'U8', int8: 'I8', int32: 'I32' }
