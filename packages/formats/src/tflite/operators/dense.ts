import { elementCount } from '@depthwise/core/backend'
import { permute } from '../../permute.ts'
import { fullyConnectedOptions } from '../schema.ts'
import type { Axes } from '../view.ts'
import { reshaped } from './alignment.ts'
import { seenAs } from './layout.ts'
import type { Operand, Operation, Outcome } from './operation.ts'
import { parametersOf } from './parameters.ts'
import { extents } from './products.ts'

const pointwise = {
  kernel: [1, 1],
  strides: [1, 1],
  padding: { top: 0, bottom: 0, left: 0, right: 0 },
  dilations: [1, 1],
  groups: 1,
} as const

/**
 * Weights are `[units, in]`. The elements of an operand are taken as rows of `in` features: a row an item is a dense layer, a
 * row a place of a map a 1x1 convolution.
 */
export function fullyConnected(operation: Operation): Outcome {
  const options = operation.optionsIfAny(fullyConnectedOptions)
  const input = operation.operand(0)
  const filter = operation.constant(1)
  const [units, features] = extents(operation, filter, 2) as [number, number]
  if (options && options.int8('weights_format') !== 0) {
    throw operation.unsupported('weights in rows (format DEFAULT)', `format ${options.int8('weights_format')}`)
  }
  const keepsRank = (options?.uint8('keep_num_dims') ?? 0) !== 0
  const count = elementCount(input.shape) / features
  if (!Number.isInteger(count) || (keepsRank && input.shape.at(-1) !== features)) {
    throw operation.malformed(`${features} features an item`, `[${input.shape}]`)
  }
  const rows = seenAs(operation, input, [count, features], input.axes.flat())
  const [places, inner] = rows.axes as readonly [readonly number[], readonly number[]]
  const { value, kernel } = rowsOf(operation, rows)
  // Features are taken in the order in which they are held: it is the weights that move.
  const order = [...inner].sort((a, b) => a - b).map(axis => inner.indexOf(axis) + 1)
  const shape = [units, ...inner.map(axis => rows.value.shape[axis] as number)]
  const moved = (axis: number): number => (axis === 0 ? 0 : placesOf(places).indexOf(axis) + 1)
  const outer: Axes = keepsRank ? input.axes.slice(0, -1) : [places]
  const held = {
    shape: [...(keepsRank ? input.shape.slice(0, -1) : [count]), units],
    axes: [...outer.map(group => group.map(moved)), units === 1 ? [] : [kernel.length === 0 ? 1 : 3]],
  }
  return {
    kind: 'product',
    op: kernel.length === 0 ? { kind: 'dense', units } : { kind: 'conv2d', filters: units, ...pointwise },
    held,
    operand: value,
    ...parametersOf(operation, {
      input,
      filter,
      shape: [...kernel, features, units],
      axis: kernel.length + 1,
      fileAxis: 0,
      arrange: values => permute(values, shape, [...order, 0]),
    }),
    activation: operation.activation(options),
  }
}

/** The axes of a value along which there are rows within an item, as they are held. */
function placesOf(places: readonly number[]): readonly number[] {
  return places.filter(axis => axis !== 0).sort((a, b) => a - b)
}

/** A value of `[batch, features]`, or of an image with a row a pixel. */
function rowsOf(operation: Operation, rows: Operand) {
  const { value, shape } = rows
  const [places, inner] = rows.axes as readonly [readonly number[], readonly number[]]
  const batch = value.shape[0] as number
  const within = placesOf(places)
  const features = shape[1] as number
  const isInner = Math.max(0, ...places) < Math.min(...inner, Infinity)
  if (!isInner || inner.includes(0) || within.length > 2) {
    const found = `[${shape}], held as [${value.shape}]`
    throw operation.unsupported('rows of features that are held one after another', found)
  }
  if (within.length === 0) return { value: reshaped(operation, value, [batch, features]), kernel: [] }
  const [height = 1, width = 1] = within.map(axis => value.shape[axis] as number)
  return { value: reshaped(operation, value, [batch, height, width, features]), kernel: [1, 1] }
}
