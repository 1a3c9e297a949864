import type { Bounds, ElementType } from '@depthwise/core'
import type { PerTensorQuantization } from '@depthwise/core/backend'

/** An element type of bytes that share one scale and zero point. */
export interface QuantizedElements extends ElementType {
  readonly dtype: 'int8' | 'uint8'
  readonly quantization: PerTensorQuantization
}

/** Ranges below this hold nothing but zeros, as far as float32 scales can say. */
const smallestScale = 1e-30

/**
 * int8 over a range that holds 0: the scale is a float32, and 0 is one of the 256 values, since padding stores it (Jacob et al.
 * 2018, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", section 2.1). A range
 * of nothing gets a scale of 1.
 */
export function int8Over({ min, max }: Bounds): QuantizedElements {
  const scale = Math.fround((max - min) / 255)
  if (!(scale >= smallestScale)) return int8(1, -128)
  return int8(scale, Math.min(Math.max(Math.round(-128 - min / scale), -128), 127))
}

/** What TFLite prescribes for probabilities (its quantization specification: SOFTMAX and LOGISTIC). */
export const probabilities: QuantizedElements = { dtype: 'int8', quantization: { scale: 1 / 256, zeroPoint: -128 } }

export function int8(scale: number, zeroPoint: number): QuantizedElements {
  return { dtype: 'int8', quantization: { scale, zeroPoint } }
}

export function uint8(scale: number, zeroPoint: number): QuantizedElements {
  return { dtype: 'uint8', quantization: { scale, zeroPoint } }
}

/** The same reals stored in the other type of bytes, 128 apart. */
export function otherBytes({ dtype, quantization: { scale, zeroPoint } }: QuantizedElements): QuantizedElements {
  return dtype === 'int8' ? uint8(scale, zeroPoint + 128) : int8(scale, zeroPoint - 128)
}
