import { type Shape, type Tensor, tensor, WeightsError } from '@depthwise/core'
import { formatShape, type ParamSpec, sameShape } from '@depthwise/core/backend'
import type { Convention } from '../networks/weight-names.ts'

/**
 * A tensor of a file as the parameter it is to be, in core's layout. A 1x1 convolution and a dense layer hold the same
 * numbers, so either may stand for the other.
 * @throws WeightsError for another dtype or shape
 */
export function relaid(stored: Tensor, name: string, spec: ParamSpec, layout: Convention['layout']): Tensor {
  const { dtype, shape, data } = stored
  const expected = storedShape(spec, layout)
  if (dtype !== 'float32' || !sameShape(withoutUnits(shape, layout), withoutUnits(expected, layout))) {
    throw new WeightsError({
      where: `tensor "${name}", parameter "${spec.name}"`,
      expected: `float32 ${formatShape(expected)}`,
      found: `${dtype} ${formatShape(shape)}`,
    })
  }
  if (spec.role !== 'weights' || layout === 'outputs last') return tensor(spec.shape, data)
  return tensor(spec.shape, outputsLast(data as Float32Array, expected))
}

/**
 * A parameter as a library stores it: the inverse of `relaid`.
 * @param linear whether a 1x1 convolution is written as a dense layer, without the extents of its kernel
 */
export function stored(value: Tensor, spec: ParamSpec, layout: Convention['layout'], linear: boolean): Tensor {
  if (spec.role !== 'weights' || layout === 'outputs last') return tensor(spec.shape, value.data)
  const shape = storedShape(spec, layout)
  return tensor(linear ? withoutUnits(shape, layout) : shape, outputsFirst(value.data as Float32Array, shape))
}

/** The shape that a parameter has in the file. */
function storedShape({ role, shape, node }: ParamSpec, layout: Convention['layout']): Shape {
  if (role !== 'weights' || layout === 'outputs last') return shape
  if (shape.length === 2) return [...shape].reverse()
  const [height, width, channels, last] = shape as [number, number, number, number]
  if (node.op.kind === 'depthwiseConv2d') return [channels * last, 1, height, width]
  return [last, channels, height, width]
}

/** A 1x1 kernel may be written or left out: behind the others where outputs come first, before them where last. */
function withoutUnits(shape: Shape, layout: Convention['layout']): Shape {
  if (shape.length !== 4) return shape
  const [outer, inner] =
    layout === 'outputs first' ? [shape.slice(2), shape.slice(0, 2)] : [shape.slice(0, 2), shape.slice(2)]
  return outer.every(extent => extent === 1) ? inner : shape
}

/** OIHW to HWIO: first `[O, I, HW]` to `[O, HW, I]`, then the outputs to the end. */
function outputsLast(values: Float32Array, shape: Shape): Float32Array {
  const [outputs, channels, height = 1, width = 1] = shape as [number, number, number?, number?]
  const area = height * width
  if (area === 1 || channels === 1) return firstAxisLast(values, outputs)
  const moved = new Float32Array(values.length)
  const size = channels * area
  for (let from = 0; from < values.length; from += size) {
    moved.set(firstAxisLast(values.subarray(from, from + size), channels), from)
  }
  return firstAxisLast(moved, outputs)
}

/** HWIO to OIHW: first `[HW, I, O]` to `[O, HW, I]`, then the inputs before the extents. */
function outputsFirst(values: Float32Array, shape: Shape): Float32Array {
  const [outputs, channels, height = 1, width = 1] = shape as [number, number, number?, number?]
  const area = height * width
  const moved = firstAxisLast(values, values.length / outputs)
  if (area === 1 || channels === 1) return moved
  const size = channels * area
  for (let from = 0; from < moved.length; from += size) {
    moved.set(firstAxisLast(moved.subarray(from, from + size), area), from)
  }
  return moved
}

/** `[outputs, rest]` to `[rest, outputs]`. */
function firstAxisLast(values: Float32Array, outputs: number): Float32Array {
  const rest = values.length / outputs
  const moved = new Float32Array(values.length)
  for (let output = 0; output < outputs; output += 1) {
    for (let i = 0; i < rest; i += 1) moved[i * outputs + output] = values[output * rest + i]!
  }
  return moved
}
