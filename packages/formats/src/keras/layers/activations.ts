import { formatShape, type Value } from '@depthwise/core'
import { channelConstants, leakyRelu } from '../../affine-operators.ts'
import { asString, isObject } from '../../json.ts'
import { Fields } from '../fields.ts'
import { affine, channelsOf } from './affine.ts'
import { checkWeight, type LayerCall, type LayerImporter, only, unsupported } from './call.ts'

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

/** `x * clamp(x / 6 + 0.5)`, which only Keras 3 has. */
const hardSilu: Activate = (call, x, name) => {
  const scaled = affine(call, x, 1 / 6, 0.5, call.derived('scaled'))
  return call.builder.mul(x, call.builder.clamp(scaled, { min: 0, max: 1 }, { name: call.derived('gate') }), { name })
}

/** `2 sigmoid(2 x) - 1`. */
const tanh: Activate = (call, x, name) => {
  const doubled = affine(call, x, 2, 0, call.derived('doubled'))
  return affine(call, call.builder.sigmoid(doubled, { name: call.derived('sigmoid') }), 2, -1, name)
}

const leaky =
  (slope: number): Activate =>
  (call, x, name) =>
    leakyRelu(x, new Array<number>(channelsOf(call, x)).fill(slope), (op, operands, role) =>
      call.builder.op(op, operands, { name: role === null ? name : call.derived(role) }),
    )

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

/** `max_value` 6 makes ReLU6. A threshold makes a step, which core has no op for. */
export const relu: LayerImporter = call => rectify(call, only(call), call.name)

function rectify(call: LayerCall, x: Value, name: string): Value {
  const { fields, builder } = call
  const slope = fields.number('negative_slope', fields.number('alpha', 0))
  const threshold = fields.number('threshold', 0)
  if (threshold !== 0) throw unsupported(call, 'threshold 0', `${threshold}`)
  const max = fields.number('max_value', Infinity)
  if (!(max >= 0)) throw unsupported(call, 'a max_value of at least 0', `${max}`)
  if (slope !== 0) {
    if (max === Infinity) return leaky(slope)(call, x, name)
    return builder.clamp(leaky(slope)(call, x, call.derived('leaky')), { min: -Infinity, max }, { name })
  }
  if (max === Infinity) return builder.relu(x, { name })
  return max === 6 ? builder.relu6(x, { name }) : builder.clamp(x, { min: 0, max }, { name })
}

/** Keras 2 and TensorFlow.js call the slope alpha. */
const slopeOf = ({ fields }: LayerCall, fallback = 0.3): number =>
  fields.number('negative_slope', fields.number('alpha', fallback))

export const leakyReluLayer: LayerImporter = call => leaky(slopeOf(call))(call, only(call), call.name)
/** The operation of Keras 3. */
export const leakyReluOperation: LayerImporter = call => leaky(slopeOf(call, 0.2))(call, only(call), call.name)

/** Slopes for each channel; for each place, core has no op. */
export const prelu: LayerImporter = call => {
  const x = only(call)
  const channels = channelsOf(call, x)
  const where = `${call.fields.where}, alpha`
  const { shape, data } = call.numbers('alpha', found => {
    if (!found) checkWeight(found, [channels], where)
  })
  const slopes = channelConstants(shape, data, x.shape)
  if (slopes) return leakyRelu(x, slopes, call.emit)
  throw unsupported(call, `a slope for each of ${channels} channels (shared_axes 1 and 2)`, formatShape(shape))
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
