import { FormatError } from '@depthwise/core'
import { elementCount, formatShape } from '@depthwise/core/backend'
import { asInteger, asList, preview } from '../../json.ts'
import { checkDataFormat, image, type LayerCall, type LayerImporter, only, unsupported } from './call.ts'
import { sides } from './crop.ts'
import { padding } from './products.ts'

export const zeroPadding2d: LayerImporter = call => {
  const [rows, columns] = sides(call, 'padding', 1)
  return call.builder.pad(image(call), [[0, 0], rows, columns, [0, 0]], { name: call.name })
}

export const averagePooling2d: LayerImporter = call => call.builder.averagePool(image(call), pool(call))
export const maxPooling2d: LayerImporter = call => call.builder.maxPool(image(call), pool(call))

function pool(call: LayerCall) {
  const kernel = call.fields.size('pool_size', [2, 2])
  return { name: call.name, kernel, strides: call.fields.size('strides', kernel), padding: padding(call) }
}

export const globalAveragePooling2d: LayerImporter = call =>
  call.builder.globalAveragePool(image(call), { name: call.name, keepDims: call.fields.flag('keepdims', false) })

/** The operation of Keras 3, over height and width; over other axes there is no op for it. */
export const mean: LayerImporter = call => {
  const axes = [call.fields.get('axis')].flat().map(axis => (typeof axis === 'number' && axis < 0 ? axis + 4 : axis))
  if (axes.length !== 2 || !axes.includes(1) || !axes.includes(2)) {
    throw unsupported(call, 'the mean over axes 1 and 2', `axis ${axes.slice(0, 4)}`)
  }
  return globalAveragePooling2d(call)
}

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
  const field = fields.get('newshape') === undefined ? 'target_shape' : 'newshape'
  const where = `${fields.where}, field ${field}`
  const given = asList(fields.get(field), where)
  // The operation of Keras 3 names the batch too.
  if (field === 'newshape' && given[0] !== -1 && given[0] !== 1)
    throw unsupported(call, 'the batch in front', preview(given[0]))
  const target = (field === 'newshape' ? given.slice(1) : given).map(extent =>
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

/** Of channels first, it brings them last before it flattens. */
export const flatten: LayerImporter = call => {
  const x = only(call)
  if (x.shape.length > 2) checkDataFormat(call)
  return call.builder.flatten(x, { name: call.name })
}

export const dropout: LayerImporter = call =>
  call.builder.dropout(only(call), call.fields.number('rate', 0), { name: call.name })

export const concatenate: LayerImporter = call => {
  const rank = call.inputs[0]?.shape.length ?? 0
  const axis = call.fields.number('axis', -1)
  return call.builder.concat(call.inputs, axis < 0 ? axis + rank : axis, { name: call.name })
}
