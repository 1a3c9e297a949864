import type { Shape } from '@depthwise/core'
import { type Padding, resolvePadding, type Size2 } from '@depthwise/core/backend'
import { paddings } from '../schema.ts'
import type { Table } from '../table.ts'
import type { Operation } from './operation.ts'

type Sliding = 'padding' | 'stride_w' | 'stride_h'

/** Strides of a window over an image, and its padding, resolved: SAME and VALID are TensorFlow's. */
export function readWindow(
  operation: Operation,
  options: Table<Sliding>,
  image: Shape,
  kernel: Size2,
  dilations?: Size2,
): { readonly kernel: Size2; readonly strides: Size2; readonly padding: Padding } {
  const strides: Size2 = [options.int32('stride_h'), options.int32('stride_w')]
  const number = options.int8('padding')
  const name = paddings[number]
  if (!name) throw operation.malformed('padding SAME or VALID (0 or 1)', `${number}`)
  if (![...kernel, ...strides, ...(dilations ?? [])].every(extent => extent > 0)) {
    const found = `${kernel.join('x')}, ${strides.join('x')}, ${dilations?.join('x') ?? 'none'}`
    throw operation.malformed('positive kernel, strides and dilations', found)
  }
  const size: Size2 = [image[1] as number, image[2] as number]
  const padding = resolvePadding(name === 'SAME' ? 'same' : 'valid', size, kernel, strides, dilations)
  return { kernel, strides, padding }
}
