import { asObject, asString, isObject, parseJsonText, preview } from '../../json.ts'
import { isRealType } from '../../tensorflow-types.ts'
import { parseConstant } from '../constants.ts'
import { Fields } from '../fields.ts'
import { isActivation, named, softmax } from './activations.ts'
import { arithmeticImporters } from './arithmetic.ts'
import { type CallArgument, identityImporters, type LayerCall, type LayerImporter, only, unsupported } from './call.ts'
import * as rectifiers from './rectifiers.ts'

// Functions of TensorFlow that stand in a model of Keras 2 as layers: `TFOpLambda` since TensorFlow 2.4, `TensorFlowOpLayer` before.

/** Where the functions live that mean what their last name says: `math.truediv`, `__operators__.add`, `nn.relu6`. */
const modules = new Set(['', 'math', 'nn', '__operators__', 'keras.activations', 'keras.backend', 'compat.v1.nn'])

const cast: LayerImporter = call => {
  const given = call.kwargs.get('dtype') ?? call.args[1]
  const dtype = given && 'constant' in given ? given.constant : call.fields.get('dtype')
  return toFloats(call, dtype)
}

/** Nothing where the numbers stay reals, which are float32 here whatever they are there. */
function toFloats(call: LayerCall, dtype: unknown): ReturnType<LayerImporter> {
  const name = isObject(dtype) ? asObject(dtype['config'] ?? {}, call.fields.where)['name'] : dtype
  const first = call.args[0]
  if (!/^b?float(16|32|64)$/.test(String(name))) throw unsupported(call, 'a cast to floats', `${name}`)
  if (first && 'value' in first) return first.value
  throw unsupported(call, 'a cast of a computed value', 'another')
}

/** The operation of Keras 3. */
export const castOperation: LayerImporter = call => toFloats(call, call.fields.get('dtype'))

const clipByValue: LayerImporter = call => {
  const bound = (name: string, position: number): number => {
    const given = call.kwargs.get(name) ?? call.args[position]
    const { values } = parseConstant(given && 'constant' in given ? given.constant : undefined, call.fields.where)
    if (values.length === 1) return values[0] as number
    throw unsupported(call, `one number as ${name}`, `${values.length}`)
  }
  const first = call.args[0]
  if (!first || !('value' in first)) throw unsupported(call, 'a computed value to clip', 'another')
  const bounds = { min: bound('clip_value_min', 1), max: bound('clip_value_max', 2) }
  return call.builder.clamp(first.value, bounds, { name: call.name })
}

const functions: Readonly<Record<string, LayerImporter>> = {
  ...identityImporters('tensorflow'),
  ...arithmeticImporters('tensorflow'),
  cast,
  clip_by_value: clipByValue,
}

/** Activations that have parameters besides their operand, by their names. */
const withParameters: Readonly<Record<string, readonly [importer: LayerImporter, names: readonly string[]]>> = {
  leaky_relu: [rectifiers.leakyReluOperation, ['alpha', 'negative_slope']],
  relu: [rectifiers.relu, ['alpha', 'max_value', 'negative_slope', 'threshold']],
  softmax: [softmax, ['axis']],
}

/**
 * An activation whose parameters are keyword arguments, as they are fields of a layer.
 * @throws UnsupportedOpError for an argument that the activation is not known to have
 */
function activationFunction(call: LayerCall, name: string): ReturnType<LayerImporter> {
  const [importer, known] = (Object.hasOwn(withParameters, name) && withParameters[name]) || [named(name), []]
  const given = [...call.kwargs].flatMap(([key, argument]) =>
    'constant' in argument && argument.constant !== null && key !== 'name' ? [[key, argument.constant] as const] : [],
  )
  // `silu` is `x * sigmoid(beta * x)`, of which only a beta of 1 is composed here.
  const other = given.find(([key, value]) => !known.includes(key) && !(key === 'beta' && value === 1))
  if (other) throw unsupported(call, `${name} without ${other[0].slice(0, 80)}`, preview(other[1]))
  const fields = new Fields(Object.fromEntries(given), call.fields.where)
  return importer(call.with(fields))
}

/** A function by its name within TensorFlow; its arguments are those of Python. */
export const tfFunction: LayerImporter = call => {
  const name = asString(call.fields.get('function') ?? call.fields.get('name'), `${call.fields.where}, field function`)
  const path = name.replace(/^tf\./, '').replace(/_\d+$/, '').split('.')
  const last = path.at(-1) as string
  const isKnown = modules.has(path.slice(0, -1).join('.'))
  if (isKnown && Object.hasOwn(functions, last)) return (functions[last] as LayerImporter)(call)
  if (isKnown && isActivation(last)) return activationFunction(call, last)
  throw unsupported(call, 'a supported function of TensorFlow', name)
}

const ops: Readonly<Record<string, LayerImporter>> = {
  ...identityImporters('tfjs'),
  ...arithmeticImporters('tfjs'),
  Cast: only,
  Relu: named('relu'),
  Relu6: named('relu6'),
  Sigmoid: named('sigmoid'),
  Tanh: named('tanh'),
}

/** An op of a graph, whose constant operands stand beside it by their position. */
export const tfOp: LayerImporter = call => {
  const given = call.fields.get('node_def')
  const where = `${call.fields.where}, field node_def`
  const node = asObject(typeof given === 'string' ? parseJsonText(given, where) : given, where)
  const op = asString(node['op'], `${where}, field op`)
  const importer = Object.hasOwn(ops, op) ? ops[op] : undefined
  if (!importer) throw unsupported(call, 'a supported op of TensorFlow', op)
  if (op === 'Cast' && !isCastToFloats(node['attr'])) throw unsupported(call, 'a cast to floats', 'another')
  if (!isChannelsLast(node['attr'])) throw unsupported(call, 'data_format channels_last', 'another')
  const constants = asObject(call.fields.get('constants') ?? {}, `${call.fields.where}, field constants`)
  const args: CallArgument[] = [...call.args]
  for (const position of Object.keys(constants)
    .map(Number)
    .sort((a, b) => a - b)) {
    args.splice(position, 0, { constant: constants[position] })
  }
  return importer(call.withArguments(args))
}

function isCastToFloats(attributes: unknown): boolean {
  const type = isObject(attributes) ? attributes['DstT'] : undefined
  return isObject(type) && isRealType(type['type'])
}

/** Byte strings are base64 in the JSON of protocol buffers. */
function isChannelsLast(attributes: unknown): boolean {
  const format = isObject(attributes) ? attributes['data_format'] : undefined
  const text = isObject(format) ? format['s'] : undefined
  return text === undefined || text === 'TkhXQw==' || text === 'NHWC'
}
