import { FormatError, type Shape } from '@depthwise/core'
import { asInteger, asList, isObject, preview } from '../json.ts'
import { type LayerConfig, type ModelConfig, maxDepth, modelClasses, parseModel } from './config.ts'
import { Fields } from './fields.ts'

/** The shape of one item that a layer or model expects first, without its batch axis; -1 where it is open. */
export function inputShapeOf(layer: LayerConfig, depth = 0): Shape | undefined {
  if (modelClasses.includes(layer.className) && depth < maxDepth) {
    const model = parseModel({ class_name: layer.className, config: layer.config }, layer.where)
    return sequenceInput(model, depth + 1)
  }
  const { config, where, builtFor } = layer
  const fields = new Fields(isObject(config) ? config : {}, where)
  const given = fields.get('batch_input_shape') ?? fields.get('batch_shape') ?? builtFor
  return given === undefined || given === null ? undefined : parseShape(given, where)
}

/** What the first layer of a model expects; of a model with several inputs, the first of those. */
export function sequenceInput(model: ModelConfig, depth = 0): Shape | undefined {
  const name = model.ends?.inputs[0]?.layer
  const first = name === undefined ? model.layers[0] : model.layers.find(layer => layer.name === name)
  const stated = first && inputShapeOf(first, depth)
  if (stated || model.builtFor === undefined) return stated
  return parseShape(model.builtFor, model.where)
}

function parseShape(json: unknown, where: string): Shape {
  const [, ...item] = asList(json, `${where}, input shape`)
  return item.map(extent => (extent === null ? -1 : asInteger(extent, `${where}, input shape`, 1)))
}

/**
 * The shape of a graph's input: the file's, its open extents taken from what the caller says.
 * @throws FormatError where neither says
 */
export function settleInput(shape: Shape | undefined, given: Shape | undefined, where: string): Shape {
  const known = shape ?? given
  if (!known) throw new FormatError({ where, expected: 'the shape of the input', found: 'none in the file' })
  const open = known.some(extent => extent <= 0)
  if (open && given && given.length !== known.length) {
    throw new FormatError({ where, expected: `an inputShape of ${known.length} extents`, found: preview(given) })
  }
  return known.map((extent, axis) => {
    const settled = extent > 0 ? extent : (given?.[axis] ?? extent)
    if (settled > 0) return settled
    throw new FormatError({
      where,
      expected: 'the option inputShape, since the file leaves it open',
      found: `[${known}]`,
    })
  })
}
