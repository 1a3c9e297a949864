import type { OpOf, Padding, Size2 } from '@depthwise/core/backend'
import { resolvePadding } from '@depthwise/core/backend'
import { paddings, pool2dOptions } from '../schema.ts'
import { int8, int32, type Part } from './flatbuffer.ts'
import { optionsOf, type Step, type Written } from './step.ts'

interface Window {
  readonly kernel: Size2
  readonly strides: Size2
  readonly padding: Padding
  readonly dilations?: Size2
}

/** What slides over an image: the image, padded where the file's two kinds of padding do not say what the graph does. */
export interface WindowedImage {
  readonly image: Written
  readonly options: { readonly padding: Part; readonly stride_w: Part; readonly stride_h: Part }
}

/**
 * Padding is SAME or VALID in the file. Any other is an operator of its own.
 * @param value what is padded with, or null where that would change the result
 */
export function windowed(
  step: Step,
  { kernel, strides, padding, dilations }: Window,
  value: number | null,
): WindowedImage {
  const { shape } = step.first
  const size: Size2 = [shape[1] as number, shape[2] as number]
  const kind = paddings.find(name => {
    const resolved = resolvePadding(name === 'SAME' ? 'same' : 'valid', size, kernel, strides, dilations)
    return (Object.keys(resolved) as (keyof Padding)[]).every(side => resolved[side] === padding[side])
  })
  const options = {
    padding: int8(paddings.indexOf(kind ?? 'VALID')),
    stride_w: int32(strides[1]),
    stride_h: int32(strides[0]),
  }
  if (kind) return { image: step.first, options }
  const { top, bottom, left, right } = padding
  if (value === null) throw step.unsupported('padding SAME or VALID', `${top},${bottom},${left},${right}`)
  const pads = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ] as const
  return { image: paddedBy(step, pads, value, 'pad'), options }
}

/** PAD takes zeros; any other value is an operand of PADV2. */
export function paddedBy(
  step: Step,
  pads: readonly (readonly [before: number, after: number])[],
  value: number,
  role: string | null,
): Written {
  const { first } = step
  const amounts = step.integers('paddings', [pads.length, 2], pads.flat())
  const others = value === 0 ? [amounts] : [amounts, step.reals('padding_value', [], [value], first)]
  const name = value === 0 ? 'PAD' : 'PADV2'
  const shape = first.shape.map((extent, axis) => extent + (pads[axis]?.[0] ?? 0) + (pads[axis]?.[1] ?? 0))
  return role === null ? step.result(name, first, { others }) : step.between(role, name, first, shape, { others })
}

/** Padding that counts is zeros like any other. */
export function averagePool(op: OpOf<'averagePool'>, step: Step): Written {
  const isCounted = op.countPadding && Object.values(op.padding).some(amount => amount !== 0)
  return pool('AVERAGE_POOL_2D', op, step, isCounted ? { ...op, padding: none } : op, isCounted)
}

export function maxPool(op: OpOf<'maxPool'>, step: Step): Written {
  return pool('MAX_POOL_2D', op, step, op, false)
}

const none: Padding = { top: 0, bottom: 0, left: 0, right: 0 }

function pool(
  name: 'AVERAGE_POOL_2D' | 'MAX_POOL_2D',
  { kernel, padding }: Window,
  step: Step,
  window: Window,
  isPadded: boolean,
): Written {
  const { image, options } = windowed(step, window, null)
  const { top, bottom, left, right } = padding
  const pads = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ] as const
  const from = isPadded ? paddedBy(step, pads, 0, 'pad') : image
  return step.result(name, from, {
    options: optionsOf(pool2dOptions, {
      ...options,
      filter_width: int32(kernel[1]),
      filter_height: int32(kernel[0]),
      fused_activation_function: int8(0),
    }),
  })
}
