import type { ElementType } from '@depthwise/core'
import { perIndex } from '@depthwise/core/backend'
import { dataTypes } from '../schema.ts'
import type { OnnxFile } from './file.ts'

// A quantized op is written as its operator on reals, between DequantizeLinear and QuantizeLinear: runtimes join them.

const integerTypes = { uint8: dataTypes.UINT8, int8: dataTypes.INT8, int32: dataTypes.INT32 } as const

/** The ONNX type of stored integers. */
export function integerType(dtype: ElementType['dtype']): number {
  return integerTypes[dtype as keyof typeof integerTypes]
}

/** The names of scale and zero point, scalars for all elements or lists along an axis. */
function scaling(file: OnnxFile, { dtype, quantization }: ElementType): readonly [scale: string, zeroPoint: string] {
  const { scales, zeroPoints } = perIndex(quantization ?? { scale: 1, zeroPoint: 0 })
  const shape = scales.length === 1 ? [] : [scales.length]
  return [file.list(scales, shape), file.bytes(integerType(dtype), zeroPoints, shape)]
}

/** Writes the integers of reals as the value `output`. */
export function quantizeLinear(file: OnnxFile, reals: string, elements: ElementType, output: string): void {
  file.node('QuantizeLinear', [reals, ...scaling(file, elements)], output)
}

/** Writes the reals of integers as the value `output`. */
export function dequantizeLinear(
  file: OnnxFile,
  integers: string,
  elements: ElementType,
  output: string,
  axis?: number,
): void {
  file.node('DequantizeLinear', [integers, ...scaling(file, elements)], output, axis === undefined ? {} : { axis })
}
