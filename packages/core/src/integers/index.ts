// The arithmetic of quantized ops, to the byte: what LiteRT computes with XNNPACK on WebAssembly, and with TFLite's own kernels for
// average pools, softmax and the change between int8 and uint8. `f` rounds to float32 after each step, `rne` to the nearest integer,
// of two as near the even one; s is a scale, z a zero point. Whoever computes in integers takes its numbers from here.

export { type MeanFactors, meanFactors, roundedAverage, storeMean } from './average.ts'
export { type BytePairFunction, bytePairFunction, type SumFactors, sumFactors, sumOf } from './binary.ts'
export { applyToByte, type ByteOp, byteTable } from './byte-table.ts'
export { type ByteType, byteTypeOf, type StoredBounds, sameBytes, saturate } from './byte-type.ts'
export { type ConcatFactors, concatFactors, joinedByte } from './concat.ts'
export { type FixedPoint, multiplyByQuantizedMultiplier, toFixedPoint } from './fixed-point.ts'
export { productMultipliers, quantizedEpilogue, storedBounds, storeSum, weightZeroPoints } from './product.ts'
export {
  dequantizeByte,
  quantizeReal,
  type RequantizeFactors,
  requantize,
  requantizeFactors,
} from './requantize.ts'
export { resizedByte, resizeShift, resizeUnit, resizeWeight } from './resize.ts'
export { softmaxFactor, softmaxTable, storeProbability } from './softmax.ts'
