import type { Shape, Value } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'
import { unbounded } from '../../../bounds.ts'
import { planarFromOurs, reorder } from '../../layout.ts'
import { type Constant, realConstant } from '../constant.ts'
import type { Computed } from '../operand.ts'
import type { Image, Operation } from '../operation.ts'
import { biasParam, realsOf, scaled, weightsParam } from './parameters.ts'
import { readWindow } from './window.ts'

export function conv(operation: Operation): Computed {
  const weights = operation.constant(1)
  const bias = operation.has(2) ? operation.channelConstant(2, weights.shape[0] ?? 0) : null
  return convolution(operation, operation.image(0), weights, bias)
}

/** OIHW to HWIO; as many groups as channels are a depthwise convolution, whose filters count channel by channel. */
export function convolution(operation: Operation, image: Image, weights: Constant, bias: Constant | null): Computed {
  const [filters, depth, height, width, ...more] = weights.shape as readonly [number, number, number, number]
  const channels = image.shape[1]
  const groups = operation.attributes.integer('group', 1)
  if (more.length > 0 || !width)
    throw operation.malformed('weights of rank 4', `${weights.label} of [${weights.shape}]`)
  if (depth * groups !== channels || filters % groups !== 0 || groups < 1) {
    const expected = `weights for ${groups} groups of ${channels} channels`
    throw operation.malformed(expected, `${weights.label} of [${weights.shape}]`)
  }
  const stated = operation.attributes.integers('kernel_shape') ?? [height, width]
  if (stated[0] !== height || stated[1] !== width) {
    throw operation.malformed(`a kernel_shape of [${[height, width]}]`, `[${stated.slice(0, 8)}]`)
  }
  const window = readWindow(operation, image.shape, [height, width])
  const epilogue = { bias: bias && biasParam(operation, bias), activation: null, residual: false }
  if (groups === channels && channels > 1) {
    const multiplier = filters / groups
    const extents = [channels, multiplier, height, width]
    const name = weightsParam(operation, weights, { extents, order: [2, 3, 0, 1], axis: 2, fileAxis: 0 })
    const op = { kind: 'depthwiseConv2d', multiplier, ...window, ...epilogue, weights: name } as const
    return result(image, operation.emit(op, [image.value]))
  }
  const order = [2, 3, 1, 0]
  const name = weightsParam(operation, weights, { extents: weights.shape, order, axis: 3, fileAxis: 0 })
  const op = { kind: 'conv2d', filters, groups, ...window, ...epilogue, weights: name } as const
  return result(image, operation.emit(op, [image.value]))
}

/** `alpha * A * B + beta * C`: the factors go into the weights. */
export function gemm(operation: Operation): Computed {
  const { attributes } = operation
  if (attributes.integer('transA', 0) !== 0) throw operation.unsupported('an A that is not transposed', 'transA')
  const [alpha, beta] = [attributes.real('alpha', 1), attributes.real('beta', 1)]
  const isTransposed = attributes.integer('transB', 0) !== 0
  const bias = operation.has(2) ? operation.constant(2) : null
  const weights = operation.constant(1)
  const units = weights.shape[isTransposed ? 0 : 1] ?? 0
  const factors = { weights: alpha, isTransposed }
  return dense(operation, operation.reals(0), weights, bias && biasOf(operation, bias, units, beta), factors)
}

/** Rows by a constant matrix; a bias that only the next node adds is taken along, as exporters of Keras write it. */
export function matMul(operation: Operation): Computed {
  const weights = operation.constant(1)
  const bias = followingBias(operation)
  const units = weights.shape.at(-1) ?? 0
  return dense(operation, operation.reals(0), weights, bias && biasOf(operation, bias, units, 1))
}

/** @param bias one number for each unit */
export function dense(
  operation: Operation,
  rows: Computed,
  weights: Constant,
  bias: Constant | null,
  factors: { readonly weights: number; readonly isTransposed: boolean } = { weights: 1, isTransposed: false },
): Computed {
  const { isTransposed } = factors
  const [n, features] = rows.shape as readonly [number, number]
  if (rows.shape.length !== 2) throw operation.unsupported('an operand of rank 2', `[${rows.shape}]`)
  const [first, second] = weights.shape as readonly [number, number]
  const [from, units] = isTransposed ? [second, first] : [first, second]
  if (weights.shape.length !== 2 || from !== features) {
    throw operation.malformed(`weights for ${features} features`, `${weights.label} of [${weights.shape}]`)
  }
  // Features of a flattened image are taken in the order in which they are held: it is the weights that move.
  const { shape, order } = rows.flattened ?? { shape: [features], order: [0] }
  const axes = isTransposed ? [...order.map(axis => axis + 1), 0] : [...order, shape.length]
  const extents = isTransposed ? [units, ...shape] : [...shape, units]
  const moved = { extents, order: axes, shape: [features, units], axis: 1, fileAxis: isTransposed ? 0 : 1 }
  const op = {
    kind: 'dense',
    units,
    weights: weightsParam(operation, weights, { ...moved, factor: factors.weights }),
    bias: bias && biasParam(operation, bias),
    activation: null,
    residual: false,
  } as const
  const value = operation.emit(op, [rows.value])
  return { ...rows, value, shape: [n, units], flattened: null, elements: 'real', bounds: unbounded }
}

/** One number for all units, or one for each. */
function biasOf(operation: Operation, constant: Constant, units: number, factor: number): Constant {
  const { shape, label } = constant
  if (!isBias(shape, units)) throw operation.unsupported(`a bias of ${units}`, `${label} of [${shape}]`)
  operation.spend(units)
  if (factor === 1 && elementCount(shape) === units) return constant
  const values = realsOf(constant)
  return realConstant(label, scaled(values.length === 1 ? new Float32Array(units).fill(values[0]!) : values, factor))
}

function isBias(shape: Shape, units: number): boolean {
  const [last = 1, ...others] = shape.toReversed()
  return shape.length <= 2 && (last === units || last === 1) && others.every(extent => extent === 1)
}

function followingBias(operation: Operation): Constant | null {
  const units = operation.constant(1).shape.at(-1)
  const next = operation.onlyReader()
  if (next?.opType !== 'Add' || next.inputs.length !== 2 || units === undefined) return null
  const other = operation.find(next.inputs.find(name => name !== operation.node.output) ?? '')
  if (other?.kind !== 'constant' || !isBias(other.shape, units)) return null
  operation.absorb(next)
  return other
}

/** The image a window leaves, its channels last. */
function result(image: Computed, value: Value): Computed {
  return { ...image, value, shape: reorder(value.shape, planarFromOurs), elements: 'real', bounds: unbounded }
}
