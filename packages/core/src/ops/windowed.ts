import { show } from '../show.ts'
import type { Shape } from '../tensor.ts'
import { image, misfit, only } from './definition.ts'
import * as field from './field.ts'
import { type Padding, type Size2, windowedSize } from './window.ts'

/** A window that slides over height and width. */
export interface Windowed {
  readonly kernel: Size2
  readonly strides: Size2
  readonly padding: Padding
}

export const windowFields = { kernel: field.size2, strides: field.size2, padding: field.padding } as const

/** The shape a pool leaves of its one operand. */
export function pooledShape(op: Windowed, operands: readonly Shape[], where: string): Shape {
  const [n, size, channels] = image(only(operands, 1, where), where)
  const { kernel, padding } = op
  if (
    padding.top >= kernel[0] ||
    padding.bottom >= kernel[0] ||
    padding.left >= kernel[1] ||
    padding.right >= kernel[1]
  ) {
    misfit(where, 'padding smaller than the pooling window, which would see nothing else', show(padding))
  }
  return [n, ...windowedSize(size, op, where), channels]
}

export function windowWords(op: Windowed & { readonly dilations?: Size2 }): readonly string[] {
  const { top, bottom, left, right } = op.padding
  const parts = [op.kernel.join('x'), `stride ${op.strides.join('x')}`, `pad ${top},${bottom},${left},${right}`]
  if (op.dilations?.some(dilation => dilation > 1)) parts.push(`dilation ${op.dilations.join('x')}`)
  return parts
}
