import type { Node } from '@depthwise/core'
import { bytesPerElement, elementCount, type ParamSpec } from '@depthwise/core/backend'

/**
 * What values are stored as: `float32`; `float16`; or `int8`, where weights and activations take one byte and every other parameter
 * four (a bias is int32 in TFLite's quantization specification).
 */
export type CostDType = 'float32' | 'float16' | 'int8'

interface Sizes {
  readonly activation: number
  readonly weight: number
  readonly vector: number
}

/** Bytes of one activation, one weight of a product, and one value of a bias or batch norm. */
export const byteSizes: Readonly<Record<CostDType, Sizes>> = {
  float32: { activation: 4, weight: 4, vector: 4 },
  float16: { activation: 2, weight: 2, vector: 2 },
  int8: { activation: 1, weight: 1, vector: 4 },
}

/** Bytes of the value a node computes. An input that is declared as integers (pixels) keeps its own size. */
export function activationBytes({ shape, dtype }: Node, stored: CostDType): number {
  return elementCount(shape) * (dtype === 'float32' ? byteSizes[stored].activation : bytesPerElement(dtype))
}

/** Bytes of some parameters. `specs` must name each once. */
export function weightBytes(specs: readonly ParamSpec[], stored: CostDType): number {
  const { weight, vector } = byteSizes[stored]
  return specs.reduce((sum, { role, shape }) => sum + elementCount(shape) * (role === 'weights' ? weight : vector), 0)
}
