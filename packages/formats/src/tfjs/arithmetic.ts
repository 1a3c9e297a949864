import { type Shape, tensor, type Value } from '@depthwise/core'
import type { BinaryOperator } from '@depthwise/core/backend'
import { affineChannels, channelConstants, uniformAffine } from '../affine.ts'
import type { Arithmetic } from '../affine-operators.ts'
import { itemBeside } from '../constant-item.ts'
import type { Importer, NodeCall } from './node-call.ts'

/** Two values, or a value and a constant: of one number, or of one for each channel, it is a scale and an offset. */
export const binary =
  (kind: Arithmetic): Importer =>
  (call, name) => {
    call.checkFormat()
    const fixed = [0, 1].find(position => call.isConstant(position))
    if (fixed === undefined) return ofValues(call, kind, [call.value(0), call.value(1)], name)
    const x = call.value(1 - fixed)
    const { data, shape } = call.floats(fixed)
    call.channelsOf(x)
    const constants = channelConstants(shape, data, x.shape)
    const channels = constants && affineChannels(kind, constants, fixed === 0)
    return channels ? call.builder.affine(x, { name, ...channels }) : withValue(call, kind, fixed, name)
  }

/** A value and a constant of any shape that meets it, which becomes a value too. */
function withValue(call: NodeCall, operator: BinaryOperator, fixed: number, name: string): Value {
  const x = call.value(1 - fixed)
  const constant = constantValue(call, fixed, x)
  const [a, b] = fixed === 0 ? [constant, x] : [x, constant]
  return call.builder.binary(operator, a, b, { name })
}

/** A constant operand as a value beside another one. */
export function constantValue(call: NodeCall, position: number, beside: Value): Value {
  const { shape, data } = call.floats(position)
  const item = itemBeside(shape, data, beside.shape)
  if (!item) {
    const expected = `a constant of at most ${beside.shape.length} axes that is the same for every item of a batch`
    throw call.unsupported(expected, `[${shape.slice(0, 8)}]`)
  }
  const value = call.param(`constant${position}`, tensor(item.shape, item.data))
  const name = call.derived(`constant${position}`)
  return call.builder.constant([beside.shape[0] as number, ...item.shape], { name, value })
}

/** A constant operand as one number for each channel of a value. */
export function perChannel(call: NodeCall, shape: Shape, data: Float32Array, x: Value): readonly number[] {
  call.channelsOf(x)
  const constants = channelConstants(shape, data, x.shape)
  if (constants) return constants
  throw call.unsupported(`one number, or one for each of ${x.shape.at(-1)} channels`, `[${shape.slice(0, 8)}]`)
}

function ofValues(call: NodeCall, kind: Arithmetic, [a, b]: readonly [Value, Value], name: string): Value {
  if (kind === 'div') throw call.unsupported('a constant to divide by', 'a computed value')
  if (kind !== 'sub') return call.builder[kind](a, b, { name })
  return call.builder.add(a, negate(call, b, call.derived('negated')), { name })
}

export const negated: Importer = (call, name) => negate(call, call.value(0), name)

function negate(call: NodeCall, x: Value, name: string): Value {
  return call.builder.op(uniformAffine(call.channelsOf(x), { scale: -1, offset: 0 }), [x], { name })
}

/** Any number of values. */
export const addN: Importer = (call, name) => {
  const [first, ...others] = call.operands.map((_, position) => call.value(position))
  if (!first) throw call.malformed('operands', 'none')
  return others.reduce((sum, other, i) => {
    const own = i === others.length - 1 ? name : call.derived(`${i + 1}`)
    return call.builder.add(sum, other, { name: own })
  }, first)
}

export const cast: Importer = call => {
  if (call.isCastToReals()) return call.value(0)
  throw call.unsupported('a cast to reals', call.node.attributes.type('DstT', 'none'))
}

/** The larger, or the smaller, of a value and a constant: of one number, a clamp. */
export const bound =
  (side: 'min' | 'max'): Importer =>
  (call, name) => {
    const fixed = call.isConstant(0) ? 0 : 1
    const { data } = call.floats(fixed)
    if (data.length !== 1) return withValue(call, side === 'min' ? 'max' : 'min', fixed, name)
    const open = { min: -Infinity, max: Infinity }
    return call.builder.clamp(call.value(1 - fixed), { ...open, [side]: data[0] as number }, { name })
  }
