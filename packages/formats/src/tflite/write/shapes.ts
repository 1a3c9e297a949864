import { zeros } from '@depthwise/core'
import type { OpOf } from '@depthwise/core/backend'
import { concatenationOptions, reducerOptions, reshapeOptions } from '../schema.ts'
import { int8, int32, int32s } from './flatbuffer.ts'
import { optionsOf, type Step, type Written } from './step.ts'
import { paddedBy } from './windows.ts'

export function reshape(_: OpOf<'reshape'>, step: Step): Written {
  return reshaped(step)
}

/** Nothing at inference; the value keeps a tensor of its own. */
export function dropout(_: OpOf<'dropout'>, step: Step): Written {
  return reshaped(step)
}

function reshaped(step: Step): Written {
  const { shape } = step.node
  return step.result('RESHAPE', step.first, {
    others: [step.integers('shape', [shape.length], shape)],
    options: optionsOf(reshapeOptions, { new_shape: int32s(shape) }),
  })
}

/** A tensor of the file's own, which holds the item as often as the batch has items. */
export function constant({ value }: OpOf<'constant'>, step: Step): Written {
  const { shape, dtype } = step.node
  const { data: item } = step.param(value)
  const { data } = zeros(shape, dtype)
  for (let at = 0; at < data.length; at += item.length) data.set(item, at)
  return step.value(data)
}

export function pad({ pads, value }: OpOf<'pad'>, step: Step): Written {
  return paddedBy(step, pads, value, null)
}

export function concat({ axis }: OpOf<'concat'>, step: Step): Written {
  return step.result('CONCATENATION', step.first, {
    others: step.operands.slice(1).map(({ index }) => index),
    options: optionsOf(concatenationOptions, { axis: int32(axis), fused_activation_function: int8(0) }),
  })
}

export function globalAveragePool({ keepDims }: OpOf<'globalAveragePool'>, step: Step): Written {
  return step.result('MEAN', step.first, {
    others: [step.integers('axes', [2], [1, 2])],
    options: optionsOf(reducerOptions, { keep_dims: int8(Number(keepDims)) }),
  })
}
