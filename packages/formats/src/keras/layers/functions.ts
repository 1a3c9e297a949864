import { asObject, asString, isObject, parseJsonText } from '../../json.ts'
import { isRealType } from '../../tensorflow-types.ts'
import { parseConstant } from '../constants.ts'
import { isActivation, named } from './activations.ts'
import { arithmeticImporters } from './arithmetic.ts'
import { type CallArgument, identityImporters, type LayerCall, type LayerImporter, only, unsupported } from './call.ts'

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

/** A function by its name within TensorFlow; its arguments are those of Python. */
export const tfFunction: LayerImporter = call => {
  const name = asString(call.fields.get('function') ?? call.fields.get('name'), `${call.fields.where}, field function`)
  const path = name.replace(/^tf\./, '').replace(/_\d+$/, '').split('.')
  const last = path.at(-1) as string
  const isKnown = modules.has(path.slice(0, -1).join('.'))
  if (isKnown && Object.hasOwn(functions, last)) return (functions[last] as LayerImporter)(call)
  if (isKnown && isActivation(last)) return named(last)(call)
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
