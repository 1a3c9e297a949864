import type { ByteType } from '../../src/integers/index.ts'
import { byteTypeOf } from '../../src/integers/index.ts'

export const uint8 = (scale: number, zeroPoint = 0): ByteType =>
  byteTypeOf({ dtype: 'uint8', quantization: { scale, zeroPoint } })

export const int8 = (scale: number, zeroPoint = 0): ByteType =>
  byteTypeOf({ dtype: 'int8', quantization: { scale, zeroPoint } })
