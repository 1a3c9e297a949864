import type { Value } from '@depthwise/core'
import { formatShape } from '@depthwise/core/backend'
import { channelConstants } from '../../affine.ts'
import { leakyRelu } from '../../composed.ts'
import { checkWeight, type LayerCall, type LayerImporter, only, unsupported } from './call.ts'

/** One slope for all channels. */
export const leaky =
  (slope: number): ((call: LayerCall, x: Value, name: string) => Value) =>
  (call, x, name) =>
    leakyRelu(x, new Array<number>(call.channelsOf(x)).fill(slope), call.emit(name))

/** `max_value` 6 makes ReLU6. A threshold makes a step, which core has no op for. */
export const relu: LayerImporter = call => rectify(call, only(call), call.name)

/** ReLU on a value, under a name. */
export function rectify(call: LayerCall, x: Value, name: string): Value {
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
export const slopeOf = ({ fields }: LayerCall, fallback = 0.3): number =>
  fields.number('negative_slope', fields.number('alpha', fallback))

export const leakyReluLayer: LayerImporter = call => leaky(slopeOf(call))(call, only(call), call.name)
/** The operation of Keras 3. */
export const leakyReluOperation: LayerImporter = call => leaky(slopeOf(call, 0.2))(call, only(call), call.name)

/** Slopes for each channel; for each place, core has no op. */
export const prelu: LayerImporter = call => {
  const x = only(call)
  const channels = call.channelsOf(x)
  const where = `${call.fields.where}, alpha`
  const { shape, data } = call.numbers('alpha', found => {
    if (!found) checkWeight(found, [channels], where)
  })
  const slopes = channelConstants(shape, data, x.shape)
  if (slopes) return leakyRelu(x, slopes, call.emit(call.name))
  throw unsupported(call, `a slope for each of ${channels} channels (shared_axes 1 and 2)`, formatShape(shape))
}
