import type { Shape } from '@depthwise/core'
import type { Activation, Padding, Size2 } from '@depthwise/core/backend'
import { activated } from './elementwise.ts'
import {
  channelsOf,
  type Definition,
  emptySums,
  type Step,
  type Sums,
  stored,
  storedSums,
  type Value,
} from './value.ts'

interface Window {
  readonly kernel: Size2
  readonly strides: Size2
  readonly padding: Padding
  readonly dilations?: Size2
}

/**
 * A pixel of the input takes part in a pixel of the output by a tap, when `output * stride + tap * dilation - padding` is
 * where it stands. Every definition of a windowed op is a walk over all such pairs, from the input's side.
 */
function forEachPair(
  { kernel, strides, padding, dilations = [1, 1] }: Window,
  input: Shape,
  output: Shape,
  visit: (from: number, to: number, tap: number) => void,
): void {
  const [images, height, width] = input as readonly [number, number, number]
  const [, rows, columns] = output as readonly [number, number, number]
  const partner = (position: number, tap: number, axis: 0 | 1, before: number): number =>
    (position + before - tap * dilations[axis]) / strides[axis]
  const inside = (at: number, extent: number): boolean => Number.isInteger(at) && at >= 0 && at < extent
  for (let y = 0; y < height; y++) {
    for (let ky = 0; ky < kernel[0]; ky++) {
      const row = partner(y, ky, 0, padding.top)
      if (!inside(row, rows)) continue
      for (let x = 0; x < width; x++) {
        for (let kx = 0; kx < kernel[1]; kx++) {
          const column = partner(x, kx, 1, padding.left)
          if (!inside(column, columns)) continue
          for (let n = 0; n < images; n++) {
            visit((n * height + y) * width + x, (n * rows + row) * columns + column, ky * kernel[1] + kx)
          }
        }
      }
    }
  }
}

function addProduct(sums: Sums, to: number, { data, error }: Value, from: number, weight: number): void {
  const x = data[from]!
  sums.value[to] = sums.value[to]! + x * weight
  sums.terms[to] = sums.terms[to]! + Math.abs(x * weight)
  sums.error[to] = sums.error[to]! + error[from]! * Math.abs(weight)
}

/** `activation(sum + bias + residual)`. */
function finished(
  op: { readonly bias: string | null; readonly residual: boolean; readonly activation: Activation | null },
  sums: Sums,
  { shape, operands, allow, param }: Step,
): Value {
  const bias = op.bias === null ? null : param(op.bias)
  const residual = op.residual ? operands[1] : null
  const { value, terms, error } = sums
  for (let i = 0; i < value.length; i++) {
    const added = (bias ? bias[i % bias.length]! : 0) + (residual ? residual.data[i]! : 0)
    value[i] = value[i]! + added
    terms[i] = terms[i]! + Math.abs(added)
    if (residual) error[i] = error[i]! + residual.error[i]!
  }
  const whole = storedSums(shape, sums, allow)
  return op.activation ? activated(op.activation, whole, allow) : whole
}

export const conv2d: Definition<'conv2d'> = (op, step) => {
  const { input, shape, param } = step
  const weights = param(op.weights)
  const channels = channelsOf(input)
  const perGroup = channels / op.groups
  const filtersPerGroup = op.filters / op.groups
  const sums = emptySums(shape)
  forEachPair(op, input.shape, shape, (from, to, tap) => {
    for (let c = 0; c < channels; c++) {
      const group = Math.floor(c / perGroup)
      for (let f = group * filtersPerGroup; f < (group + 1) * filtersPerGroup; f++) {
        const weight = weights[(tap * perGroup + (c % perGroup)) * op.filters + f]!
        addProduct(sums, to * op.filters + f, input, from * channels + c, weight)
      }
    }
  })
  return finished(op, sums, step)
}

export const depthwiseConv2d: Definition<'depthwiseConv2d'> = (op, step) => {
  const { input, shape, param } = step
  const weights = param(op.weights)
  const channels = channelsOf(input)
  const results = channels * op.multiplier
  const sums = emptySums(shape)
  forEachPair(op, input.shape, shape, (from, to, tap) => {
    for (let r = 0; r < results; r++) {
      const c = Math.floor(r / op.multiplier)
      addProduct(sums, to * results + r, input, from * channels + c, weights[tap * results + r]!)
    }
  })
  return finished(op, sums, step)
}

export const dense: Definition<'dense'> = (op, step) => {
  const { input, shape, param } = step
  const weights = param(op.weights)
  const features = channelsOf(input)
  const sums = emptySums(shape)
  for (let i = 0; i < input.data.length; i++) {
    const row = Math.floor(i / features)
    for (let u = 0; u < op.units; u++) {
      addProduct(sums, row * op.units + u, input, i, weights[(i % features) * op.units + u]!)
    }
  }
  return finished(op, sums, step)
}

export const averagePool: Definition<'averagePool'> = (op, { input, shape, allow }) => {
  const channels = channelsOf(input)
  const sums = emptySums(shape)
  const seen = new Float64Array(sums.value.length)
  forEachPair(op, input.shape, shape, (from, to) => {
    for (let c = 0; c < channels; c++) {
      addProduct(sums, to * channels + c, input, from * channels + c, 1)
      seen[to * channels + c] = seen[to * channels + c]! + 1
    }
  })
  const divisor = (i: number): number => (op.countPadding ? op.kernel[0] * op.kernel[1] : seen[i]!)
  return storedSums(shape, divided(sums, divisor), allow)
}

export const globalAveragePool: Definition<'globalAveragePool'> = (_op, { input, shape, allow }) => {
  const [, height, width, channels] = input.shape as readonly [number, number, number, number]
  const sums = emptySums(shape)
  for (let i = 0; i < input.data.length; i++) {
    const image = Math.floor(i / (height * width * channels))
    addProduct(sums, image * channels + (i % channels), input, i, 1)
  }
  return storedSums(
    shape,
    divided(sums, () => height * width),
    allow,
  )
}

function divided({ value, terms, error }: Sums, divisor: (i: number) => number): Sums {
  const by = (numbers: Float64Array): Float64Array => numbers.map((number, i) => number / divisor(i))
  return { value: by(value), terms: by(terms), error: by(error) }
}

/** NaN wins over every number; padding never wins. */
export const maxPool: Definition<'maxPool'> = (op, { input, shape }) => {
  const channels = channelsOf(input)
  const { value, error } = emptySums(shape)
  value.fill(-Infinity)
  forEachPair(op, input.shape, shape, (from, to) => {
    for (let c = 0; c < channels; c++) {
      const [source, target] = [from * channels + c, to * channels + c]
      value[target] = Math.max(value[target]!, input.data[source]!)
      error[target] = Math.max(error[target]!, input.error[source]!)
    }
  })
  return stored(shape, value, error)
}
