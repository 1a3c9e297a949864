import { type PaddingLike, type Tensor, tensor, type Value } from '@depthwise/core'
import { elementCount, type ResizeFilter, type Size2 } from '@depthwise/core/backend'
import { arithmeticOperators, negationOperators } from '../affine-operators.ts'
import { leakyRelu, tanh } from '../composed.ts'
import { addN, binary, bound, cast, constantValue, negated, perChannel } from './arithmetic.ts'
import type { Importer, NodeCall } from './node-call.ts'

/** Convolution, its filter HWIO as core's, with what the converter fused into it. */
const conv2d: Importer = (call, name) => {
  const x = call.image()
  const filter = call.floats(1, 4)
  const [height, width, depth, filters] = filter.shape as [number, number, number, number]
  const channels = x.shape[3] as number
  if (channels % depth !== 0) throw call.malformed(`filters whose depth divides ${channels}`, `${depth}`)
  const weights = call.param('weights', filter)
  return fused(call, filters, name, (own, bias) =>
    call.builder.conv2d(x, {
      name: own,
      filters,
      kernel: [height, width],
      groups: channels / depth,
      weights,
      bias,
      ...sliding(call),
    }),
  )
}

/** Its filter is `[kh, kw, channels, multiplier]`, as core's. */
const depthwise: Importer = (call, name) => {
  const x = call.image()
  const filter = call.floats(1, 4)
  const [height, width, channels, multiplier] = filter.shape as [number, number, number, number]
  if (channels !== x.shape[3]) throw call.malformed(`filters for ${x.shape[3]} channels`, `${channels}`)
  const weights = call.param('weights', filter)
  return fused(call, channels * multiplier, name, (own, bias) =>
    call.builder.depthwiseConv2d(x, {
      name: own,
      kernel: [height, width],
      multiplier,
      weights,
      bias,
      ...sliding(call),
    }),
  )
}

const matMul: Importer = (call, name) => {
  const { attributes } = call.node
  if (attributes.flag('transpose_a', false) || attributes.flag('transpose_b', false)) {
    throw call.unsupported('operands that are not transposed', 'a transposed one')
  }
  const weights = call.floats(1, 2)
  const units = weights.shape[1] as number
  const name2 = call.param('weights', weights)
  return fused(call, units, name, (own, bias) =>
    call.builder.dense(call.value(0), { name: own, units, weights: name2, bias }),
  )
}

/** A product with its fused ops behind it: a bias, which is the third operand, and then an activation. */
function fused(
  call: NodeCall,
  outputs: number,
  name: string,
  product: (name: string, bias: string | false) => Value,
): Value {
  const ops = call.node.attributes.texts('fused_ops')
  const [first, ...behind] = ops
  const biased = first === 'BiasAdd'
  const rest = biased ? behind : ops
  const [activation] = rest
  if (rest.length > 1 || (activation !== undefined && !Object.hasOwn(activations, activation))) {
    throw call.unsupported(`fused ops BiasAdd, then ${Object.keys(activations).join(', ')}`, ops.join(', '))
  }
  const bias = biased && call.param('bias', vector(call, 2, outputs))
  if (activation === undefined) return product(name, bias)
  return activations[activation as keyof typeof activations](call, product(call.derived('linear'), bias), name)
}

const activations = {
  Relu: (call: NodeCall, x: Value, name: string) => call.builder.relu(x, { name }),
  Relu6: (call: NodeCall, x: Value, name: string) => call.builder.relu6(x, { name }),
  Sigmoid: (call: NodeCall, x: Value, name: string) => call.builder.sigmoid(x, { name }),
  /** Fused, its slope has a name of its own. */
  LeakyRelu: (call: NodeCall, x: Value, name: string) => {
    const { attributes, op } = call.node
    const slope = attributes.real(op === 'LeakyRelu' ? 'alpha' : 'leakyrelu_alpha', 0.2)
    return leakyRelu(x, new Array<number>(call.channelsOf(x)).fill(slope), call.emit(name))
  },
  Tanh: (call: NodeCall, x: Value, name: string) => {
    call.channelsOf(x)
    return tanh(x, call.emit(name))
  },
  /** The slopes are the last operand, one for each channel. */
  Prelu: (call: NodeCall, x: Value, name: string) => {
    const { data, shape } = call.floats(call.operands.length - 1)
    return leakyRelu(x, perChannel(call, shape, data, x), call.emit(name))
  },
}
const activation =
  (kind: keyof typeof activations): Importer =>
  (call, name) =>
    activations[kind](call, call.value(0), name)

/** gamma, beta, mean and variance follow the operand. */
const batchNorm: Importer = (call, name) => {
  const x = call.image()
  if (call.node.attributes.flag('is_training', false)) throw call.unsupported('batch norm at inference', 'in training')
  const channels = x.shape[3] as number
  const take = (role: string, position: number): string => call.param(role, vector(call, position, channels))
  return call.builder.batchNorm(x, {
    name,
    epsilon: call.node.attributes.real('epsilon', 1e-4),
    scale: take('gamma', 1),
    center: take('beta', 2),
    mean: take('mean', 3),
    variance: take('variance', 4),
  })
}

const pool =
  (kind: 'averagePool' | 'maxPool'): Importer =>
  (call, name) => {
    const kernel = spatial(call, 'ksize')
    const { dilations: _, ...window } = sliding(call)
    return call.builder[kind](call.image(), { name, kernel, ...window })
  }

/** Over height and width; over other axes there is no op for it. */
const mean: Importer = (call, name) => {
  const axes = new Set(call.integers(1).map(axis => (axis < 0 ? axis + 4 : axis)))
  if (axes.size !== 2 || !axes.has(1) || !axes.has(2)) {
    throw call.unsupported('the mean over axes 1 and 2', [...axes].join(', '))
  }
  return call.builder.globalAveragePool(call.image(), { name, keepDims: call.node.attributes.flag('keep_dims', false) })
}

const pad: Importer = (call, name) => {
  const x = call.value(0)
  const amounts = call.integers(1)
  if (amounts.length !== 2 * x.shape.length) throw call.malformed(`${2 * x.shape.length} paddings`, `${amounts.length}`)
  const value = call.operands.length > 2 ? (call.floats(2).data[0] as number) : 0
  const pads = x.shape.map((_, axis) => [amounts[2 * axis] as number, amounts[2 * axis + 1] as number] as const)
  return call.builder.pad(x, pads, { name, value })
}

/** By corners, by half pixels or by neither, to the nearest as TensorFlow rounds; its second operand is `[height, width]`. */
const resize =
  (filter: ResizeFilter): Importer =>
  (call, name) => {
    const { attributes } = call.node
    const byCorners = attributes.flag('align_corners', false)
    const byHalfPixels = attributes.flag('half_pixel_centers', false)
    if (byCorners && byHalfPixels) throw call.malformed('one of align_corners and half_pixel_centers', 'both')
    const size = call.integers(1)
    const [height, width] = size
    if (height === undefined || width === undefined || size.length > 2) {
      throw call.malformed('a height and a width as operand 1', `[${size.slice(0, 8)}]`)
    }
    const coordinates = byCorners ? 'alignCorners' : byHalfPixels ? 'halfPixel' : 'asymmetric'
    return call.builder.resize(call.image(), { name, size: [height, width], filter, coordinates })
  }

const reshape: Importer = (call, name) => {
  const x = call.value(0)
  const shape = call.integers(1)
  const known = elementCount(shape.filter(extent => extent !== -1))
  const resolved = shape.map(extent => (extent === -1 ? elementCount(x.shape) / known : extent))
  call.checkBatch(x.shape, resolved)
  return call.builder.reshape(x, resolved.slice(1), { name })
}

const squeeze: Importer = (call, name) => {
  const { shape } = call.value(0)
  const axes = new Set(
    call.node.attributes.integers('squeeze_dims').map(axis => (axis < 0 ? axis + shape.length : axis)),
  )
  const kept = shape.filter((extent, axis) => (axes.size === 0 ? axis === 0 || extent !== 1 : !axes.has(axis)))
  call.checkBatch(shape, kept)
  return call.builder.reshape(call.value(0), kept.slice(1), { name })
}

const concat: Importer = (call, name) => {
  const last = call.operands.length - 1
  const given = call.operands.slice(0, last)
  const beside = call.value(given.findIndex(operand => 'value' in operand))
  const operands = given.map((_, position) =>
    call.isConstant(position) ? constantValue(call, position, beside) : call.value(position),
  )
  const [axis = 0] = call.integers(last)
  return call.builder.concat(operands, axis < 0 ? axis + (operands[0]?.shape.length ?? 0) : axis, { name })
}

function sliding(call: NodeCall): {
  readonly strides: Size2
  readonly dilations: Size2
  readonly padding: PaddingLike
} {
  const strides = spatial(call, 'strides')
  const dilations =
    call.node.attributes.integers('dilations').length > 0 ? spatial(call, 'dilations') : ([1, 1] as const)
  const word = call.node.attributes.text('padding', 'VALID')
  if (word === 'SAME' || word === 'VALID') return { strides, dilations, padding: word === 'SAME' ? 'same' : 'valid' }
  const pads = call.node.attributes.integers('explicit_paddings')
  if (word !== 'EXPLICIT' || pads.length !== 8) throw call.malformed('padding SAME, VALID or EXPLICIT', word)
  const [, , top = 0, bottom = 0, left = 0, right = 0] = pads
  return { strides, dilations, padding: { top, bottom, left, right } }
}

/** The two extents in the middle of four. */
function spatial(call: NodeCall, attribute: string): Size2 {
  const [batch, height = 0, width = 0, channels] = call.node.attributes.integers(attribute)
  if (batch === 1 && channels === 1 && height > 0 && width > 0) return [height, width]
  throw call.malformed(`${attribute} of 1, height, width, 1`, `${call.node.attributes.integers(attribute).slice(0, 8)}`)
}

function vector(call: NodeCall, position: number, length: number): Tensor {
  const { data } = call.floats(position)
  if (data.length !== length) throw call.malformed(`${length} numbers as operand ${position}`, `${data.length}`)
  return tensor([length], data)
}

/** The ops that are imported, by TensorFlow's names. Constants, inputs and identities are not among them. */
export const opImporters: Readonly<Record<string, Importer>> = {
  ...Object.fromEntries(Object.entries(arithmeticOperators.tfjs).map(([op, kind]) => [op, binary(kind)])),
  ...Object.fromEntries(negationOperators.tfjs.map(op => [op, negated])),
  AddN: addN,
  AvgPool: pool('averagePool'),
  Cast: cast,
  ConcatV2: concat,
  Conv2D: conv2d,
  DepthwiseConv2dNative: depthwise,
  FusedBatchNorm: batchNorm,
  FusedBatchNormV2: batchNorm,
  FusedBatchNormV3: batchNorm,
  FusedDepthwiseConv2dNative: depthwise,
  LeakyRelu: activation('LeakyRelu'),
  MatMul: matMul,
  MaxPool: pool('maxPool'),
  Mean: mean,
  Minimum: bound('max'),
  Maximum: bound('min'),
  Pad: pad,
  PadV2: pad,
  Prelu: activation('Prelu'),
  Relu: activation('Relu'),
  Relu6: activation('Relu6'),
  Reshape: reshape,
  ResizeBilinear: resize('bilinear'),
  ResizeNearestNeighbor: resize('nearest'),
  Sigmoid: activation('Sigmoid'),
  Softmax: (call, name) => call.builder.softmax(call.value(0), { name }),
  Squeeze: squeeze,
  Tanh: activation('Tanh'),
  _FusedConv2D: conv2d,
  _FusedMatMul: matMul,
}
