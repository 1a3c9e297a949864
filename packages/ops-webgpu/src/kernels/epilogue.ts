import type { Bounds } from '@depthwise/core'
import type { Layout } from '../plan/layout.ts'
import { type Binding, reads } from './kernel.ts'
import { boundsName, clamped, keepsZero, load, masked, stored } from './wgsl.ts'

/** What a product does besides summing, and where its parameters lie. */
export interface ProductLayout {
  readonly input: Layout
  readonly output: Layout
  /** Layout of the shortcut that is added, where there is one: the output's, stored in its own way. */
  readonly residual: Layout | null
  /** Rows of weights before the bias: each is `output.groups` vectors. */
  readonly weightRows: number
  readonly weightStorage: Layout['storage']
  readonly bias: boolean
  readonly clamp: Bounds | null
}

/** `x`, `w` (weights, then the bias), maybe `r`, and `y`. */
export function productBindings(layer: ProductLayout): readonly Binding[] {
  return [
    reads('x', layer.input),
    ...(layer.residual ? [reads('r', layer.residual)] : []),
    reads('w', { storage: layer.weightStorage }),
    { name: 'y', storage: layer.output.storage, access: 'read_write' },
  ]
}

/** The weight vector at an index. */
export function weight({ weightStorage }: ProductLayout, index: string): string {
  return weightStorage === 'f32' ? `w[${index}]` : `vec4f(w[${index}])`
}

/** `y[at] = clamp(sum + bias + residual)`; `group` counts the vectors of a row. */
export function storeProduct(layer: ProductLayout, sum: string, at: string, group: string): string {
  const { output, residual, bias, clamp, weightRows } = layer
  const terms = [
    sum,
    ...(bias ? [weight(layer, `${weightRows * output.groups}u + ${group}`)] : []),
    ...(residual ? [load(residual, `r[${at}]`)] : []),
  ].join(' + ')
  const value = clamped(terms, clamp)
  return `y[${at}] = ${stored(output, keepsZero(clamp) ? value : masked(output, value, group))};`
}

/** The part of a kernel's name that says what is fused. */
export function epilogueName({ bias, residual, clamp, output }: ProductLayout): string {
  return `${bias ? '_bias' : ''}${residual ? '_residual' : ''}${boundsName(clamp)}${output.storage === 'f16' ? '_f16' : ''}`
}
