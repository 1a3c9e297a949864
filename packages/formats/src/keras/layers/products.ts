import { FormatError, type PaddingLike } from '@depthwise/core'
import { formatShape } from '@depthwise/core/backend'
import { activated } from './activations.ts'
import { image, type LayerCall, type LayerImporter, only, unsupported } from './call.ts'

/** Kernels are HWIO, as core's. */
export const conv2d: LayerImporter = call => {
  const { fields, builder, name } = call
  const x = image(call)
  const filters = fields.count('filters')
  const kernel = fields.size('kernel_size')
  const groups = fields.count('groups', 1)
  const channels = x.shape[3] as number
  if (channels % groups !== 0) {
    throw new FormatError({ where: fields.where, expected: `groups that divide ${channels}`, found: `${groups}` })
  }
  const weights = call.weight('kernel', 'weights', [...kernel, channels / groups, filters])
  const bias = biasOf(call, filters)
  return activated(call, builder.conv2d(x, { name, filters, kernel, groups, weights, bias, ...sliding(call) }))
}

/** Kernels are `[kh, kw, channels, multiplier]`, as core's. */
export const depthwiseConv2d: LayerImporter = call => {
  const { fields, builder, name } = call
  const x = image(call)
  const kernel = fields.size('kernel_size')
  const multiplier = fields.count('depth_multiplier', 1)
  const channels = x.shape[3] as number
  const weights = call.weight('depthwise_kernel', 'weights', [...kernel, channels, multiplier])
  const bias = biasOf(call, channels * multiplier)
  return activated(call, builder.depthwiseConv2d(x, { name, kernel, multiplier, weights, bias, ...sliding(call) }))
}

/** A depthwise convolution without bias, then a 1x1 convolution over all it makes. */
export const separableConv2d: LayerImporter = call => {
  const { fields, builder, name } = call
  const x = image(call)
  const filters = fields.count('filters')
  const kernel = fields.size('kernel_size')
  // TensorFlow.js leaves it out of the configuration; the kernel has it.
  const multiplier = fields.count('depth_multiplier', call.shapeOf('depthwise_kernel')?.[3] ?? 1)
  const channels = x.shape[3] as number
  const depthwise = call.weight('depthwise_kernel', 'depthwise', [...kernel, channels, multiplier])
  const weights = call.weight('pointwise_kernel', 'pointwise', [1, 1, channels * multiplier, filters])
  const bias = biasOf(call, filters)
  const places = builder.depthwiseConv2d(x, {
    name: call.derived('depthwise'),
    kernel,
    multiplier,
    weights: depthwise,
    bias: false,
    ...sliding(call),
  })
  return activated(call, builder.conv2d(places, { name, filters, kernel: 1, weights, bias }))
}

/** Over the last axis, also of an image, where it is a 1x1 convolution. */
export const dense: LayerImporter = call => {
  const { fields, builder, name } = call
  const x = only(call)
  const units = fields.count('units')
  const features = x.shape.at(-1) as number
  const rank = x.shape.length
  if (rank !== 2 && rank !== 4) throw unsupported(call, 'an operand of rank 2 or 4', formatShape(x.shape))
  const flat = [features, units]
  const weights = call.weight('kernel', 'weights', rank === 2 ? flat : [1, 1, ...flat])
  const bias = biasOf(call, units)
  const y =
    rank === 2
      ? builder.dense(x, { name, units, weights, bias })
      : builder.conv2d(x, { name, filters: units, kernel: 1, weights, bias })
  return activated(call, y)
}

export const batchNormalization: LayerImporter = call => {
  const { fields, builder, name } = call
  const x = only(call)
  const channels = x.shape.at(-1) as number
  const given = fields.get('axis') ?? -1
  const axis = Array.isArray(given) && given.length === 1 ? given[0] : given
  if (axis !== -1 && axis !== x.shape.length - 1) throw unsupported(call, 'the last axis', `axis ${axis}`)
  const take = (variable: 'gamma' | 'beta' | 'moving_mean' | 'moving_variance', role: string): string =>
    call.weight(variable, role, [channels])
  const scale = fields.flag('scale', true) && take('gamma', 'gamma')
  const center = fields.flag('center', true) && take('beta', 'beta')
  const mean = take('moving_mean', 'mean')
  const variance = take('moving_variance', 'variance')
  return builder.batchNorm(x, { name, epsilon: fields.number('epsilon', 1e-3), scale, center, mean, variance })
}

function biasOf(call: LayerCall, outputs: number): string | false {
  return call.fields.flag('use_bias', true) && call.weight('bias', 'bias', [outputs])
}

function sliding(call: LayerCall) {
  const { fields } = call
  return {
    strides: fields.size('strides', [1, 1]),
    dilations: fields.size('dilation_rate', [1, 1]),
    padding: padding(call),
  }
}

/** TensorFlow's two; `causal` is for sequences. */
export function padding(call: LayerCall): PaddingLike {
  const word = call.fields.string('padding', 'valid').toLowerCase()
  if (word === 'same' || word === 'valid') return word
  throw unsupported(call, 'padding same or valid', word)
}
