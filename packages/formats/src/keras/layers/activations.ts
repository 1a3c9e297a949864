import type { Value } from '@depthwise/core'
import { asString, isObject } from '../../json.ts'
import { type LayerCall, type LayerImporter, only, unsupported } from './call.ts'

type Activate = (call: LayerCall, x: Value, name: string) => Value

/** Activations by Keras' names; `linear` is none. */
const activations: Readonly<Record<string, Activate>> = {
  relu: ({ builder }, x, name) => builder.relu(x, { name }),
  relu6: ({ builder }, x, name) => builder.relu6(x, { name }),
  sigmoid: ({ builder }, x, name) => builder.sigmoid(x, { name }),
  softmax: ({ builder }, x, name) => builder.softmax(x, { name }),
}

/** What a layer's field `activation` names, behind it; the value itself where it names none. */
export function activated(call: LayerCall, x: Value): Value {
  const kind = activationName(call)
  return kind === 'linear' ? x : lookUp(call, kind)(call, x, call.derived(kind))
}

export const activation: LayerImporter = call => {
  const kind = activationName(call)
  return kind === 'linear' ? only(call) : lookUp(call, kind)(call, only(call), call.name)
}

/** Keras 3 may write an activation as an object of its own, and tf.keras wrote its own relu6 as a function's name. */
function activationName({ fields }: LayerCall): string {
  const value = fields.get('activation') ?? 'linear'
  const where = `${fields.where}, field activation`
  if (!isObject(value)) return asString(value, where)
  const config = value['config']
  return asString(isObject(config) ? (config['name'] ?? value['class_name']) : (config ?? value['class_name']), where)
}

function lookUp(call: LayerCall, kind: string): Activate {
  const activate = Object.hasOwn(activations, kind) ? activations[kind] : undefined
  if (activate) return activate
  throw unsupported(call, `linear, ${Object.keys(activations).join(', ')}`, kind)
}

/** `max_value` 6 makes ReLU6; another slope or threshold makes what core has no op for. */
export const relu: LayerImporter = call => {
  const { fields, builder, name } = call
  const slope = fields.number('negative_slope', fields.number('alpha', 0))
  const threshold = fields.number('threshold', 0)
  if (slope !== 0 || threshold !== 0) throw unsupported(call, 'slope and threshold 0', `${slope} and ${threshold}`)
  const max = fields.number('max_value', Infinity)
  if (max === Infinity) return builder.relu(only(call), { name })
  if (!(max >= 0)) throw unsupported(call, 'a max_value of at least 0', `${max}`)
  return max === 6 ? builder.relu6(only(call), { name }) : builder.clamp(only(call), { min: 0, max }, { name })
}

export const softmax: LayerImporter = call => {
  const input = only(call)
  const axis = call.fields.number('axis', -1)
  if (axis !== -1 && axis !== input.shape.length - 1) throw unsupported(call, 'the last axis', `axis ${axis}`)
  return call.builder.softmax(input, { name: call.name })
}
