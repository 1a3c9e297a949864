import { elementCount, FormatError, formatShape } from '@depthwise/core'
import { asInteger, asList, isObject, preview } from '../../json.ts'
import { image, type LayerCall, type LayerImporter, only, unsupported } from './call.ts'
import { padding } from './products.ts'

/** One number for all sides, one for each axis, or `[[top, bottom], [left, right]]`. */
export const zeroPadding2d: LayerImporter = call => {
  const where = `${call.fields.where}, field padding`
  const given = call.fields.get('padding') ?? 1
  const axes = typeof given === 'number' ? [given, given] : asList(given, where)
  const pairs = axes.map(axis => (typeof axis === 'number' ? [axis, axis] : asList(axis, where)))
  const amounts = pairs.map(pair => pair.map(amount => asInteger(amount, where)))
  const [rows, columns, ...rest] = amounts
  if (rows?.length !== 2 || columns?.length !== 2 || rest.length > 0) {
    throw new FormatError({ where, expected: 'two pairs of rows and columns', found: preview(given) })
  }
  const none = [0, 0] as const
  const pads = [
    none,
    [rows[0] as number, rows[1] as number],
    [columns[0] as number, columns[1] as number],
    none,
  ] as const
  return call.builder.pad(image(call), pads, { name: call.name })
}

export const averagePooling2d: LayerImporter = call => call.builder.averagePool(image(call), pool(call))
export const maxPooling2d: LayerImporter = call => call.builder.maxPool(image(call), pool(call))

function pool(call: LayerCall) {
  const kernel = call.fields.size('pool_size', [2, 2])
  return { name: call.name, kernel, strides: call.fields.size('strides', kernel), padding: padding(call) }
}

export const globalAveragePooling2d: LayerImporter = call =>
  call.builder.globalAveragePool(image(call), { name: call.name, keepDims: call.fields.flag('keepdims', false) })

export const globalMaxPooling2d: LayerImporter = call => {
  const { builder, fields, name } = call
  const x = image(call)
  const kernel = [x.shape[1] as number, x.shape[2] as number] as const
  if (fields.flag('keepdims', false)) return builder.maxPool(x, { name, kernel, padding: 'valid' })
  return builder.flatten(builder.maxPool(x, { name: call.derived('max'), kernel, padding: 'valid' }), { name })
}

/** One extent may be -1: what is left. */
export const reshape: LayerImporter = call => {
  const { fields, builder, name } = call
  const x = only(call)
  const where = `${fields.where}, field target_shape`
  const target = asList(fields.get('target_shape'), where).map(extent =>
    extent === -1 ? -1 : asInteger(extent, where, 1),
  )
  const open = target.filter(extent => extent === -1).length
  const known = elementCount(target.filter(extent => extent !== -1))
  const rest = elementCount(x.shape.slice(1)) / known
  if (open > 1 || (open === 1 && !Number.isInteger(rest))) {
    throw new FormatError({ where, expected: `a shape for ${formatShape(x.shape)}`, found: `[${target.slice(0, 8)}]` })
  }
  return builder.reshape(
    x,
    target.map(extent => (extent === -1 ? rest : extent)),
    { name },
  )
}

export const flatten: LayerImporter = call => call.builder.flatten(only(call), { name: call.name })

export const dropout: LayerImporter = call =>
  call.builder.dropout(only(call), call.fields.number('rate', 0), { name: call.name })

export const add: LayerImporter = call => pairwise(call, 'add')
export const multiply: LayerImporter = call => pairwise(call, 'mul')

/** Keras' merges take any number of operands; from the third on they are added one by one. */
function pairwise(call: LayerCall, kind: 'add' | 'mul') {
  const [first, ...others] = call.inputs
  if (!first || others.length === 0) {
    throw new FormatError({
      where: call.fields.where,
      expected: 'two operands or more',
      found: `${call.inputs.length}`,
    })
  }
  return others.reduce((sum, other, i) => {
    const name = i === others.length - 1 ? call.name : call.derived(`${i + 1}`)
    return call.builder[kind](sum, other, { name })
  }, first)
}

export const concatenate: LayerImporter = call => {
  const rank = call.inputs[0]?.shape.length ?? 0
  const axis = call.fields.number('axis', -1)
  return call.builder.concat(call.inputs, axis < 0 ? axis + rank : axis, { name: call.name })
}

/** `x * scale + offset`, the same for all channels or one number for each. */
export const rescaling: LayerImporter = call => {
  const x = only(call)
  const channels = x.shape.at(-1) as number
  const read = (name: string, fallback: number): readonly number[] => {
    const value = call.fields.get(name) ?? fallback
    const list = Array.isArray(value) ? value : isObject(value) ? [] : new Array(channels).fill(value)
    if (list.length === channels && list.every(Number.isFinite)) return list
    throw unsupported(call, `a number, or ${channels} of them, as ${name}`, preview(value))
  }
  return call.builder.normalize(x, { name: call.name, scale: read('scale', 1), offset: read('offset', 0) })
}
