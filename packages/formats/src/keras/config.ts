import { FormatError } from '@depthwise/core'
import { asInteger, asList, asObject, asString, isObject, preview } from '../json.ts'
import { Fields } from './fields.ts'

// Model configurations as Keras 2, Keras 3 and TensorFlow.js layers write them.

/** One output of one call of a layer. */
export interface TensorRef {
  readonly layer: string
  /** Counts the calls of that layer. */
  readonly call: number
  /** Counts the outputs of that call. */
  readonly output: number
}

export interface LayerConfig {
  readonly className: string
  readonly name: string
  readonly config: unknown
  /** What each of its calls takes; empty for inputs, and in a sequence. */
  readonly calls: readonly (readonly TensorRef[])[]
  readonly where: string
}

export interface ModelConfig {
  readonly name: string
  readonly layers: readonly LayerConfig[]
  /** `null` for a sequence, where each layer takes what the one before it gives. */
  readonly ends: { readonly inputs: readonly TensorRef[]; readonly outputs: readonly TensorRef[] } | null
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
  if (className === 'Sequential') return { name, layers, ends: null, where: inside }
  const inputs = parseRefs(fields.get('input_layers'), `${inside}, field input_layers`)
  const outputs = parseRefs(fields.get('output_layers'), `${inside}, field output_layers`)
  return { name, layers, ends: { inputs, outputs }, where: inside }
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
  return { className, name, config: layer['config'], calls, where }
}

/** Keras 2: a list of `[layer, call, output, {}]`. Keras 3: `{ args, kwargs }`, tensors by their history. */
function parseCall(json: unknown, where: string): readonly TensorRef[] {
  if (!isObject(json)) return parseRefs(json, where)
  const args = asList(json['args'], `${where}, field args`)
  return args.flatMap(arg => (Array.isArray(arg) ? arg : [arg])).map(arg => parseHistory(arg, `${where}, field args`))
}

function parseHistory(json: unknown, where: string): TensorRef {
  const config = asObject(asObject(json, where)['config'], `${where}, field config`)
  return parseRef(config['keras_history'], `${where}, field keras_history`)
}

/** One `[layer, call, output]`, or a list of them. */
function parseRefs(json: unknown, where: string): readonly TensorRef[] {
  const list = asList(json, where)
  return typeof list[0] === 'string' ? [parseRef(list, where)] : list.map(ref => parseRef(ref, where))
}

function parseRef(json: unknown, where: string): TensorRef {
  const [layer, call, output] = asList(json, where)
  return {
    layer: asString(layer, where),
    call: asInteger(call ?? 0, where),
    output: asInteger(output ?? 0, where),
  }
}
