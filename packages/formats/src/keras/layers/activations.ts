import type { Value } from '@depthwise/core'
import { tanh as composedTanh } from '../../composed.ts'
import { asString, isObject } from '../../json.ts'
import { Fields } from '../fields.ts'
import { affine } from './affine.ts'
import { type LayerCall, type LayerImporter, only, unsupported } from './call.ts'
import { leaky, rectify, slopeOf } from './rectifiers.ts'

/** Adds an activation; `name` is that of its result. */
type Activate = (call: LayerCall, x: Value, name: string) => Value

const relu6: Activate = ({ builder }, x, name) => builder.relu6(x, { name })
const sigmoid: Activate = ({ builder }, x, name) => builder.sigmoid(x, { name })

/** `clamp(x / 6 + 0.5)` since Keras 3, `clamp(0.2 x + 0.5)` before and in TensorFlow.js. */
const hardSigmoid: Activate = (call, x, name) =>
  call.builder.clamp(
    affine(call, x, call.isKeras3 ? 1 / 6 : 0.2, 0.5, call.derived('scaled')),
    { min: 0, max: 1 },
    { name },
  )

const silu: Activate = (call, x, name) =>
  call.builder.mul(x, call.builder.sigmoid(x, { name: call.derived('gate') }), { name })

/** Only Keras 3 has it. */
const hardSilu: Activate = ({ builder }, x, name) => builder.hardSwish(x, { name })

const tanh: Activate = (call, x, name) => {
  call.channelsOf(x)
  return composedTanh(x, call.emit(name))
}

/** Activations by Keras' names; `linear` is none. */
const activations: Readonly<Record<string, Activate>> = {
  relu: ({ builder }, x, name) => builder.relu(x, { name }),
  relu6,
  sigmoid,
  softmax: ({ builder }, x, name) => builder.softmax(x, { name }),
  swish: silu,
  silu,
  tanh,
  hard_sigmoid: hardSigmoid,
  hard_swish: hardSilu,
  hard_silu: hardSilu,
  leaky_relu: leaky(0.2),
}

/** What a layer's field `activation` names, behind it; the value itself where it names none. */
export function activated(call: LayerCall, x: Value): Value {
  const layer = activationLayer(call)
  if (layer) return layer(x, call.derived('activation'))
  const kind = activationName(call)
  return kind === 'linear' ? x : lookUp(call, kind)(call, x, call.derived(kind))
}

export const activation: LayerImporter = call => {
  const layer = activationLayer(call)
  if (layer) return layer(only(call), call.name)
  const kind = activationName(call)
  return kind === 'linear' ? only(call) : lookUp(call, kind)(call, only(call), call.name)
}

/** An activation by its name, as a layer of its own. */
export const named =
  (kind: string): LayerImporter =>
  call =>
    lookUp(call, kind)(call, only(call), call.name)

/** Whether there is an activation of that name. */
export const isActivation = (kind: string): boolean => Object.hasOwn(activations, kind)

/** An activation may be a layer with fields of its own: `activation=LeakyReLU(0.1)`. */
function activationLayer(call: LayerCall): ((x: Value, name: string) => Value) | undefined {
  const value = call.fields.get('activation')
  if (!isObject(value) || !isObject(value['config'])) return undefined
  const fields = new Fields(value['config'], `${call.fields.where}, field activation`)
  const own = call.with(fields)
  switch (value['class_name']) {
    case 'ReLU':
      return (x, name) => rectify(own, x, name)
    case 'LeakyReLU':
      return (x, name) => leaky(slopeOf(own))(own, x, name)
    case 'Softmax':
      return (x, name) => lookUp(own, 'softmax')(own, x, name)
    default:
      return undefined
  }
}

/** Keras 3 may write an activation as an object of its own, and tf.keras wrote its own relu6 as a function's name. */
function activationName({ fields }: LayerCall): string {
  const value = fields.get('activation') ?? 'linear'
  const where = `${fields.where}, field activation`
  if (!isObject(value)) return plainName(asString(value, where))
  const config = value['config']
  return plainName(
    asString(isObject(config) ? (config['name'] ?? value['class_name']) : (config ?? value['class_name']), where),
  )
}

/** TensorFlow.js may spell it as its code does; other tools register relu6 as a function of theirs. */
function plainName(name: string): string {
  const snake = name.replace(/^Custom>/, '').replace(/([a-z])([A-Z])/g, '$1_$2')
  return isActivation(snake.toLowerCase()) ? snake.toLowerCase() : name
}

function lookUp(call: LayerCall, kind: string): Activate {
  const activate = isActivation(kind) ? activations[kind] : undefined
  if (activate) return activate
  throw unsupported(call, `linear, ${Object.keys(activations).join(', ')}`, kind)
}

export const softmax: LayerImporter = call => {
  const input = only(call)
  const axis = call.fields.number('axis', -1)
  if (axis !== -1 && axis !== input.shape.length - 1) throw unsupported(call, 'the last axis', `axis ${axis}`)
  return call.builder.softmax(input, { name: call.name })
}

/** The operation of Keras 3. */
export const clip: LayerImporter = call => {
  const bounds = { min: call.fields.number('x_min'), max: call.fields.number('x_max') }
  return call.builder.clamp(only(call), bounds, { name: call.name })
}
