import { FormatError, tensor, type Value } from '@depthwise/core'
import { formatShape } from '@depthwise/core/backend'
import { affineChannels, channelConstants } from '../../affine.ts'
import { type Arithmetic, arithmeticOperators, negationOperators } from '../../affine-operators.ts'
import { itemBeside } from '../../constant-item.ts'
import { preview } from '../../json.ts'
import { type Constant, parseConstant } from '../constants.ts'
import { affine } from './affine.ts'
import { type CallArgument, type LayerCall, type LayerImporter, only, unsupported } from './call.ts'

/** Keyword arguments that stand before the others, and behind them, by the names that TensorFlow and Keras have. */
const before = ['x', 'x1', 'value', 'scalar']
const behind = ['y', 'x2', 'bias']

/** Values and constants in their order. */
function operandsOf({ args, kwargs, fields }: LayerCall): readonly (Value | Constant)[] {
  const named = (names: readonly string[]): readonly CallArgument[] =>
    names.flatMap(name => kwargs.get(name) ?? []).filter(given => 'value' in given || given.constant !== null)
  return [...named(before), ...args, ...named(behind)].map(given =>
    'value' in given ? given.value : parseConstant(given.constant, `${fields.where}, a constant operand`),
  )
}

const isConstant = (operand: Value | Constant): operand is Constant => 'values' in operand

/** Values among each other, any number of them, or one value and a constant. */
function arithmetic(kind: Arithmetic): LayerImporter {
  return call => {
    checkFormat(call)
    const operands = operandsOf(call)
    const values = operands.filter((operand): operand is Value => !isConstant(operand))
    if (operands.length < 2) {
      throw new FormatError({ where: call.fields.where, expected: 'two operands or more', found: `${operands.length}` })
    }
    if (values.length === operands.length) return merge(call, kind, values)
    const [x, ...others] = values
    const constant = operands.find(isConstant)
    if (!x || !constant || others.length > 0 || operands.length > 2) {
      throw unsupported(call, 'a value and a constant, or values', `${values.length} of ${operands.length} are values`)
    }
    return withConstant(call, kind, x, constant, isConstant(operands[0] as Value | Constant))
  }
}

/** Of `bias_add`, whose constant would otherwise run along another axis. */
function checkFormat(call: LayerCall): void {
  const given = call.kwargs.get('data_format')
  const format = given && 'constant' in given ? (given.constant ?? 'channels_last') : 'channels_last'
  if (typeof format === 'string' && /^(channels_last|N.*C)$/.test(format)) return
  throw unsupported(call, 'data_format channels_last', preview(format))
}

function merge(call: LayerCall, kind: Arithmetic, values: readonly Value[]): Value {
  const [first, ...others] = values as [Value, ...Value[]]
  if (kind === 'div') throw unsupported(call, 'a constant to divide by', 'a computed value')
  if (kind === 'sub') {
    const [second, ...rest] = others as [Value, ...Value[]]
    if (rest.length > 0)
      throw new FormatError({ where: call.fields.where, expected: 'two operands', found: `${values.length}` })
    const negated = affine(call, second, -1, 0, call.derived('negated'))
    return call.builder.add(first, negated, { name: call.name })
  }
  // From the third on they are added one by one.
  return others.reduce((sum, other, i) => {
    const name = i === others.length - 1 ? call.name : call.derived(`${i + 1}`)
    return call.builder[kind](sum, other, { name })
  }, first)
}

function withConstant(
  call: LayerCall,
  kind: Arithmetic,
  x: Value,
  { shape, values }: Constant,
  isLeft: boolean,
): Value {
  call.channelsOf(x)
  const constants = channelConstants(shape, values, x.shape)
  const channels = constants && affineChannels(kind, constants, isLeft)
  if (channels) return call.builder.affine(x, { name: call.name, ...channels })
  const item = itemBeside(shape, values, x.shape)
  if (!item) {
    const expected = `a constant that broadcasts to ${formatShape(x.shape)}, the same for every item of a batch`
    throw unsupported(call, expected, formatShape(shape))
  }
  const name = call.derived('constant')
  const value = call.constant(name, tensor(item.shape, item.data))
  const constant = call.builder.constant([x.shape[0] as number, ...item.shape], { name, value })
  const [a, b] = isLeft ? [constant, x] : [x, constant]
  return call.builder.binary(kind, a, b, { name: call.name })
}

/** The importers of the operators that are arithmetic, by the names that one of the formats of Keras has for them. */
export function arithmeticImporters(format: 'keras' | 'tensorflow' | 'tfjs'): Readonly<Record<string, LayerImporter>> {
  return Object.fromEntries([
    ...Object.entries(arithmeticOperators[format]).map(([name, kind]) => [name, arithmetic(kind)]),
    ...negationOperators[format].map(name => [name, negative]),
  ])
}

/** The mean of its operands. */
export const average: LayerImporter = call => {
  const { inputs } = call
  const [first, ...others] = inputs
  if (!first || others.length === 0) {
    throw new FormatError({ where: call.fields.where, expected: 'two operands or more', found: `${inputs.length}` })
  }
  const sum = others.reduce((left, right) => call.builder.add(left, right, { name: call.derived('sum') }), first)
  return affine(call, sum, 1 / inputs.length, 0)
}

const negative: LayerImporter = call => affine(call, only(call), -1, 0)

/** `x * scale + offset`, the same for all channels or one number for each. */
export const rescaling: LayerImporter = call => {
  const x = only(call)
  const read = (name: string, fallback: number): readonly number[] => channelField(call, x, name) ?? [fallback]
  return affine(call, x, read('scale', 1), read('offset', 0))
}

/** A field of one number, or of one for each channel; undefined where it is absent. */
export function channelField(call: LayerCall, x: Value, name: string): readonly number[] | undefined {
  const given = call.fields.get(name)
  if (given === undefined) return undefined
  call.channelsOf(x)
  const { shape, values } = parseConstant(given, `${call.fields.where}, field ${name}`)
  const constants = channelConstants(shape, values, x.shape)
  if (constants) return constants
  throw unsupported(call, `a number, or ${x.shape.at(-1)} of them, as ${name}`, formatShape(shape))
}
