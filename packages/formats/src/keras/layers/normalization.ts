import type { Value } from '@depthwise/core'
import { formatShape } from '@depthwise/core/backend'
import { channelConstants } from '../../affine.ts'
import { affine } from './affine.ts'
import { channelField } from './arithmetic.ts'
import { checkWeight, type LayerCall, type LayerImporter, only, unsupported } from './call.ts'

/** Keras' `backend.epsilon()`: less than this is no deviation. */
const epsilon = 1e-7

/** `(x - mean) / max(sqrt(variance), epsilon)`; the statistics stand in the configuration, or were taken of data. */
export const normalization: LayerImporter = call => {
  const x = only(call)
  checkAxis(call, x)
  const mean = statistic(call, x, 'mean')
  const deviation = statistic(call, x, 'variance').map(variance => Math.max(Math.sqrt(variance), epsilon))
  if (call.fields.flag('invert', false)) return affine(call, x, deviation, mean)
  return affine(
    call,
    x,
    deviation.map(value => 1 / value),
    mean.map((value, channel) => -value / (deviation[channel] as number)),
  )
}

function checkAxis(call: LayerCall, x: Value): void {
  const given = call.fields.get('axis') ?? null
  const axes = Array.isArray(given) ? given : given === null ? [] : [given]
  const isLast = axes.every(axis => axis === -1 || axis === x.shape.length - 1)
  if (!isLast || axes.length > 1) throw unsupported(call, 'the last axis, or none', `axis ${axes.slice(0, 4)}`)
}

function statistic(call: LayerCall, x: Value, name: 'mean' | 'variance'): readonly number[] {
  const given = channelField(call, x, name)
  if (given) return given
  const channels = call.channelsOf(x)
  const where = `${call.fields.where}, ${name}`
  const { shape, data } = call.numbers(name, found => {
    if (!found || !channelConstants(found, [], x.shape)) checkWeight(found, [channels], where)
  })
  const constants = channelConstants(shape, data, x.shape)
  if (constants) return constants
  throw unsupported(call, `a ${name} for each of ${channels} channels`, formatShape(shape))
}
