import type { Layout, StoredDType } from '../plan/layout.ts'
import { type Epilogue, epilogueBindings, epilogueName, resultBinding, store } from './epilogue.ts'
import { type Binding, reads } from './kernel.ts'

/** A sum of products, where its parameters lie, and what follows it. */
export interface Product {
  readonly input: Layout
  readonly output: Layout
  /** Rows of weights before the bias: each is `output.groups` vectors. */
  readonly weightRows: number
  readonly weightDType: StoredDType
  readonly bias: boolean
  readonly epilogue: Epilogue
  /** Vectors of `w` before the first weight; default 0. */
  readonly weightsAt?: number
}

/** `x`, what the epilogue adds, `w` (weights, then the bias), and `y`. */
export function productBindings({ input, output, weightDType, epilogue }: Product): readonly Binding[] {
  return [reads('x', input), ...epilogueBindings(epilogue), reads('w', { dtype: weightDType }), resultBinding(output)]
}

/** The weight vector at an index. */
export function weight({ weightDType, weightsAt = 0 }: Product, index: string): string {
  const at = weightsAt === 0 ? index : `${weightsAt}u + ${index}`
  return weightDType === 'float32' ? `w[${at}]` : `vec4f(w[${at}])`
}

/** Stores a sum with its bias and epilogue; `group` counts the vectors of a row. */
export function storeProduct(layer: Product, sum: string, at: string, group: string): string {
  const { output, bias, weightRows, epilogue } = layer
  const value = bias ? `(${sum} + ${weight(layer, `${weightRows * output.groups}u + ${group}`)})` : sum
  return store(epilogue, output, value, { at, group })
}

export function productName({ bias, epilogue, output }: Product): string {
  return `${bias ? '_bias' : ''}${epilogueName(epilogue, output)}`
}
