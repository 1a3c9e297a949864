import { FormatError } from '@depthwise/core'
import { asList, asObject, asString, isObject, preview } from '../json.ts'
import { type CallConfig, parseCall, parseRefs, type TensorRef } from './calls.ts'
import { Fields } from './fields.ts'

// Model configurations as Keras 2, Keras 3 and TensorFlow.js layers write them.

export interface LayerConfig {
  readonly className: string
  readonly name: string
  readonly config: unknown
  /** What each of its calls takes; empty for inputs, and in a sequence. */
  readonly calls: readonly CallConfig[]
  /** The shape that Keras 3 built it for, its batch axis first. */
  readonly builtFor: unknown
  readonly where: string
}

export interface ModelConfig {
  readonly name: string
  readonly layers: readonly LayerConfig[]
  /** `null` for a sequence, where each layer takes what the one before it gives. */
  readonly ends: { readonly inputs: readonly TensorRef[]; readonly outputs: readonly TensorRef[] } | null
  /** The shape that a sequence without an input layer was built for, its batch axis first. */
  readonly builtFor: unknown
  readonly where: string
}

/** How deep models may stand in each other. */
export const maxDepth = 16

const functional = ['Functional', 'Model']
/** Classes whose `config` is a model again. */
export const modelClasses: readonly string[] = [...functional, 'Sequential']

/**
 * Reads the configuration of a model: `{ class_name, config }`.
 * @throws FormatError naming the layer and field
 */
export function parseModel(json: unknown, where: string): ModelConfig {
  const model = asObject(json, where)
  const className = asString(model['class_name'], `${where}, field class_name`)
  if (!modelClasses.includes(className)) {
    throw new FormatError({ where, expected: modelClasses.join(' or '), found: preview(className) })
  }
  // The first versions of a sequence listed its layers and nothing else.
  const config = Array.isArray(model['config']) ? { layers: model['config'] } : model['config']
  const fields = new Fields(config, `${where}, field config`)
  const name = fields.string('name', className.toLowerCase())
  const inside = `${where} "${name.slice(0, 80)}"`
  const list = asList(fields.get('layers'), `${inside}, field layers`)
  const layers = list.map((layer, index) => parseLayer(layer, index, inside))
  const names = new Set(layers.map(layer => layer.name))
  if (names.size !== layers.length) {
    throw new FormatError({ where: inside, expected: 'layers of different names', found: 'one name twice' })
  }
  const builtFor = fields.get('build_input_shape')
  if (className === 'Sequential') return { name, layers, ends: null, builtFor, where: inside }
  const inputs = parseRefs(fields.get('input_layers'), `${inside}, field input_layers`)
  const outputs = parseRefs(fields.get('output_layers'), `${inside}, field output_layers`)
  return { name, layers, ends: { inputs, outputs }, builtFor, where: inside }
}

function parseLayer(json: unknown, index: number, model: string): LayerConfig {
  const at = `${model}, layer ${index}`
  const layer = asObject(json, at)
  const className = asString(layer['class_name'], `${at}, field class_name`)
  const own = isObject(layer['config']) ? layer['config']['name'] : undefined
  const name = asString(layer['name'] ?? own ?? `${className.toLowerCase()}_${index}`, `${at}, field name`)
  const where = `${model}, layer "${name.slice(0, 80)}" (${className.slice(0, 80)})`
  const inbound = asList(layer['inbound_nodes'] ?? [], `${where}, field inbound_nodes`)
  const calls = inbound.map((node, call) => parseCall(node, `${where}, call ${call}`))
  const built = layer['build_config']
  return {
    className: plainName(className),
    name,
    config: layer['config'],
    calls,
    builtFor: isObject(built) ? built['input_shape'] : undefined,
    where,
  }
}

/** The first releases of the preprocessing layers were registered under a package: `Preprocessing>RandomFlip`. */
const plainName = (className: string): string => className.replace(/^(Preprocessing|keras\.layers)>/, '')
