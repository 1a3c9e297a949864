import { type Tensor, tensor } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'
import { arithmeticFunctions, arithmeticOperators } from '../affine-operators.ts'
import { sliced, sliceRange } from '../slice-range.ts'
import type { NodeCall } from './node-call.ts'

// Evaluates what a graph computes from constants and shapes, all of which are known at import. Converters emit Shape,
// StridedSlice, Pack and Reshape for a Flatten whose batch size is open.

type Fold = (call: NodeCall) => Tensor

/** More than any shape or channel vector holds. The limit keeps a graph from doubling a constant over and over. */
const maxFolded = 4096

/** The constant that a node computes; undefined for one that takes values, or that is not folded. */
export function fold(call: NodeCall): Tensor | undefined {
  const { op } = call.node
  if (op === 'Shape') return integers(call.shape(0))
  if (!Object.hasOwn(folds, op) || !call.operands.every((_, position) => call.isConstant(position))) return undefined
  const sizes = call.operands.map((_, position) => elementCount(call.constant(position).shape))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total > maxFolded && !isReshape.has(op))
    throw call.unsupported(`constants of at most ${maxFolded} numbers`, `${total}`)
  return folds[op]?.(call)
}

/** These share the memory of their operand. */
const isReshape = new Set(['ExpandDims', 'Reshape', 'Squeeze'])

const integers = (values: readonly number[]): Tensor => tensor([values.length], Int32Array.from(values))

/** A tensor of another shape and other numbers, reals where the first is. */
function like({ dtype }: Tensor, shape: readonly number[], values: readonly number[]): Tensor {
  return tensor(shape, dtype === 'float32' ? Float32Array.from(values) : Int32Array.from(values))
}

const numbers = ({ data }: Tensor): readonly number[] => Array.from(data)

/** `values[begin:end:stride]` over one axis; bits of the masks leave ends open, or take one number and drop the axis. */
const stridedSlice: Fold = call => {
  const values = call.constant(0, 1)
  const [begin, end, step] = [1, 2, 3].map(position => one(call, position)) as [number, number, number]
  const mask = (name: string): boolean => (call.node.attributes.integer(`${name}_mask`, 0) & 1) === 1
  if (step < 1 || mask('ellipsis') || mask('new_axis')) {
    throw call.unsupported('a slice forwards by beginning and end', `a step of ${step}, an ellipsis or a new axis`)
  }
  const size = values.data.length
  if (mask('shrink_axis')) {
    const value = values.data[begin < 0 ? begin + size : begin]
    if (value === undefined) throw call.malformed(`an index below ${size}`, `${begin}`)
    return like(values, [], [value])
  }
  const range = sliceRange(size, mask('begin') ? null : begin, mask('end') ? null : end, step)
  if (range.count === 0) throw call.malformed('a slice that takes something', `${begin} to ${end} of ${size}`)
  return like(values, [range.count], sliced(values.data, range))
}

function one(call: NodeCall, position: number): number {
  const [value, ...others] = call.integers(position)
  if (value !== undefined && others.length === 0) return value
  throw call.unsupported('a slice of one axis', `${others.length + 1} numbers as operand ${position}`)
}

const pack: Fold = call => {
  const parts = call.operands.map((_, position) => call.constant(position))
  const [first] = parts
  if (!first || call.node.attributes.integer('axis', 0) !== 0)
    throw call.unsupported('constants along axis 0', 'others')
  return like(first, [parts.length, ...first.shape], parts.flatMap(numbers))
}

const concat: Fold = call => {
  const parts = call.operands.slice(0, -1).map((_, position) => call.constant(position, 1))
  const values = parts.flatMap(numbers)
  return like(parts[0] ?? call.constant(0), [values.length], values)
}

const gather: Fold = call => {
  const values = call.constant(0, 1)
  const indices = call.constant(1)
  const taken = numbers(indices).map(index => values.data[index < 0 ? index + values.data.length : index])
  if (taken.some(value => value === undefined))
    throw call.malformed(`indices below ${values.data.length}`, `${numbers(indices).slice(0, 8)}`)
  return like(values, indices.shape, taken as number[])
}

/** Of all numbers, which is how sizes are multiplied. */
const product: Fold = call => {
  const values = call.constant(0)
  const shape = call.node.attributes.flag('keep_dims', false) ? values.shape.map(() => 1) : []
  if (values.shape.length > 1) throw call.unsupported('the product of one axis', `${values.shape.length} axes`)
  return like(values, shape, [numbers(values).reduce((a, b) => a * b, 1)])
}

const cast: Fold = call => {
  const { shape, data } = call.constant(0)
  const isReal = call.isCastToReals()
  return tensor(shape, isReal ? Float32Array.from(data) : Int32Array.from(data, Math.trunc))
}

/** The same numbers in another shape. */
const reshaped =
  (shapeOf: (call: NodeCall, shape: readonly number[]) => readonly number[]): Fold =>
  call => {
    const values = call.constant(0)
    const shape = shapeOf(call, values.shape)
    if (elementCount(shape) === elementCount(values.shape)) return { ...values, shape } as Tensor
    throw call.malformed(`a shape of ${elementCount(values.shape)} numbers`, `[${shape.slice(0, 8)}]`)
  }

const reshape = reshaped((call, shape) => {
  const target = call.integers(1)
  const known = elementCount(target.filter(extent => extent !== -1))
  return target.map(extent => (extent === -1 ? elementCount(shape) / known : extent))
})

const expandDims = reshaped((call, shape) => {
  const [axis = 0] = call.integers(1)
  const at = axis < 0 ? axis + shape.length + 1 : axis
  return [...shape.slice(0, at), 1, ...shape.slice(at)]
})

const squeeze = reshaped((call, shape) => {
  const axes = call.node.attributes.integers('squeeze_dims').map(axis => (axis < 0 ? axis + shape.length : axis))
  return shape.filter((extent, axis) => (axes.length === 0 ? extent !== 1 : !axes.includes(axis)))
})

const elementwise =
  (compute: (a: number, b: number) => number): Fold =>
  call => {
    const [a, b] = [call.constant(0), call.constant(1)]
    const larger = elementCount(a.shape) >= elementCount(b.shape) ? a : b
    const size = elementCount(larger.shape)
    if (![a, b].every(({ data }) => data.length === 1 || data.length === size)) {
      throw call.unsupported('constants of one size', `[${a.shape}] and [${b.shape}]`)
    }
    const at = ({ data }: Tensor, i: number): number => data[data.length === 1 ? 0 : i] as number
    const values = Array.from({ length: size }, (_, i) => compute(at(a, i), at(b, i)))
    return like(larger, larger.shape, values)
  }

const folds: Readonly<Record<string, Fold>> = {
  ...Object.fromEntries(
    Object.entries(arithmeticOperators.tfjs).map(([op, kind]) => [op, elementwise(arithmeticFunctions[kind])]),
  ),
  Cast: cast,
  ConcatV2: concat,
  ExpandDims: expandDims,
  FloorDiv: elementwise((a, b) => Math.floor(a / b)),
  GatherV2: gather,
  Maximum: elementwise(Math.max),
  Minimum: elementwise(Math.min),
  Pack: pack,
  Prod: product,
  Reshape: reshape,
  Squeeze: squeeze,
  StridedSlice: stridedSlice,
}
