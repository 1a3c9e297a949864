import type { DType, Node } from '@depthwise/core'
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

/** What values are stored as: what is asked for, where the graph has reals, else the integers that the graph has. */
export type StoredAs = CostDType | DType

/** What the value a node computes is stored as. */
export function storedAs({ dtype }: Node, stored: CostDType): StoredAs {
  return dtype === 'float32' ? stored : dtype
}

/** Bytes of the value a node computes. Integers (pixels, quantized values) keep their own size. */
export function activationBytes({ shape, dtype }: Node, stored: CostDType): number {
  return elementCount(shape) * (dtype === 'float32' ? byteSizes[stored].activation : bytesPerElement(dtype))
}

/** Bytes of some parameters. `specs` must name each once. Those of quantized products are bytes, their biases int32. */
export function weightBytes(specs: readonly ParamSpec[], stored: CostDType): number {
  return specs.reduce((sum, { role, shape, node }) => {
    const { weight, vector } = byteSizes[node.quantization ? 'int8' : stored]
    return sum + elementCount(shape) * (role === 'weights' || role === 'value' ? weight : vector)
  }, 0)
}
