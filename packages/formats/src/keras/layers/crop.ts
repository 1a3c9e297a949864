import { FormatError, tensor, type Value } from '@depthwise/core'
import { formatShape } from '@depthwise/core/backend'
import { asInteger, asList, preview } from '../../json.ts'
import { image, type LayerCall, type LayerImporter, unsupported } from './call.ts'

type Pair = readonly [before: number, after: number]

/** Of rows and of columns: one number for all sides, one for each axis, or `[[top, bottom], [left, right]]`. */
export function sides(call: LayerCall, field: string, fallback: number): readonly [rows: Pair, columns: Pair] {
  const where = `${call.fields.where}, field ${field}`
  const given = call.fields.get(field) ?? fallback
  const axes = typeof given === 'number' ? [given, given] : asList(given, where)
  const pairs = axes.map(axis => (typeof axis === 'number' ? [axis, axis] : asList(axis, where)))
  const amounts = pairs.map(pair => pair.map(amount => asInteger(amount, where)))
  const [rows, columns, ...rest] = amounts
  if (rows?.length !== 2 || columns?.length !== 2 || rest.length > 0) {
    throw new FormatError({ where, expected: 'two pairs of rows and columns', found: preview(given) })
  }
  return [rows as unknown as Pair, columns as unknown as Pair]
}

/** The largest window that is used for cropping: beyond it the multiplications cost more than the network around it. */
const maxCut = 16

/**
 * Crops rows and columns. Core has no op for that; a depthwise convolution whose kernel is 1 at one place and 0 elsewhere gives the
 * same numbers.
 */
function cut(call: LayerCall, x: Value, rows: Pair, columns: Pair): Value {
  const kernel = [rows[0] + rows[1] + 1, columns[0] + columns[1] + 1] as const
  if (kernel[0] === 1 && kernel[1] === 1) return x
  if (kernel[0] > maxCut || kernel[1] > maxCut) {
    const found = `${kernel[0] - 1} rows and ${kernel[1] - 1} columns`
    throw unsupported(
      call,
      `less than ${maxCut} rows and columns to cut off (crop the image before the network)`,
      found,
    )
  }
  const channels = call.channelsOf(x)
  const taken = (rows[0] * kernel[1] + columns[0]) * channels
  const weights = new Float32Array(kernel[0] * kernel[1] * channels).fill(1, taken, taken + channels)
  return call.builder.depthwiseConv2d(x, {
    name: call.name,
    kernel,
    padding: 'valid',
    bias: false,
    weights: call.constant('cut', tensor([...kernel, channels, 1], weights)),
  })
}

export const cropping2d: LayerImporter = call => {
  const x = image(call)
  const [rows, columns] = sides(call, 'cropping', 0)
  const [, height, width] = x.shape as [number, number, number]
  if (rows[0] + rows[1] >= height || columns[0] + columns[1] >= width) {
    const found = `${rows[0] + rows[1]} rows and ${columns[0] + columns[1]} columns`
    throw new FormatError({ where: call.fields.where, expected: `less than ${formatShape(x.shape)}`, found })
  }
  return cut(call, x, rows, columns)
}

/** Does nothing where the image has that size already. Keras crops larger images and resizes smaller ones, which is refused. */
export const centerCrop: LayerImporter = call => {
  const x = image(call)
  const [, height, width] = x.shape as [number, number, number]
  const [rows, columns] = [height - call.fields.count('height'), width - call.fields.count('width')]
  if (rows < 0 || columns < 0) throw anotherSize(call, x)
  const split = (extent: number): Pair => [Math.floor(extent / 2), Math.ceil(extent / 2)]
  return cut(call, x, split(rows), split(columns))
}

/** RandomCrop, which crops and resizes at inference, and does nothing where the image has that size already. */
export const sameSize: LayerImporter = call => {
  const x = image(call)
  const [, height, width] = x.shape
  if (height === call.fields.count('height') && width === call.fields.count('width')) return x
  throw anotherSize(call, x)
}

function anotherSize(call: LayerCall, x: Value): Error {
  const size = `${call.fields.count('height')}x${call.fields.count('width')}`
  return unsupported(call, `an image of ${size} already (resize before the network)`, formatShape(x.shape.slice(1, 3)))
}
