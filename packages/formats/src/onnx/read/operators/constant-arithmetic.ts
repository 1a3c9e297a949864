import type { Shape } from '@depthwise/core'
import { elementCount } from '@depthwise/core/backend'
import { type Arithmetic, arithmeticFunctions } from '../../../affine-operators.ts'
import { type Constant, folded } from '../constant.ts'
import type { Operation } from '../operation.ts'

// Arithmetic of constants: of numbers about shapes, and of weights that a file keeps as integers beside their scale.

/** Element by element, broadcasting as ONNX does. Integers divide as in C. */
export function ofConstants(operation: Operation, operator: Arithmetic, a: Constant, b: Constant): Constant {
  const shape = broadcast(a.shape, b.shape)
  if (!shape) throw operation.unsupported('constants of shapes that fit', `[${a.shape}] and [${b.shape}]`)
  const count = elementCount(shape)
  operation.spend(count)
  const [left, right] = [a.numbers(), b.numbers()]
  const [leftAt, rightAt] = [indexer(a.shape, shape), indexer(b.shape, shape)]
  const isWhole = a.type === 'INT64' || a.type === 'INT32'
  const values = isWhole ? new Float64Array(count) : new Float32Array(count)
  for (let i = 0; i < count; i += 1) {
    const value = arithmeticFunctions[operator](left[leftAt(i)]!, right[rightAt(i)]!)
    values[i] = isWhole ? Math.trunc(value) : value
  }
  return folded(operation.label, a.type, shape, values)
}

/** Null for shapes that do not fit. */
function broadcast(a: Shape, b: Shape): Shape | null {
  const rank = Math.max(a.length, b.length)
  const [left, right] = [padded(a, rank), padded(b, rank)]
  const shape = left.map((extent, axis) => (extent === 1 ? (right[axis] as number) : extent))
  return shape.every((extent, axis) => right[axis] === extent || right[axis] === 1) ? shape : null
}

/** Axes of extent 1 in front, up to a rank. */
function padded(shape: Shape, rank: number): Shape {
  return [...new Array<number>(rank - shape.length).fill(1), ...shape]
}

/** Which element of a constant stands at an index of the shape that it is broadcast to. */
function indexer(shape: Shape, to: Shape): (index: number) => number {
  const count = elementCount(shape)
  if (count === 1) return () => 0
  if (count === elementCount(to)) return index => index
  const extents = padded(shape, to.length)
  const strides = extents.map((extent, axis) => (extent === 1 ? 0 : elementCount(extents.slice(axis + 1))))
  return index => {
    let [rest, at] = [index, 0]
    for (let axis = to.length - 1; axis >= 0; axis -= 1) {
      const extent = to[axis] as number
      at += (rest % extent) * (strides[axis] as number)
      rest = Math.floor(rest / extent)
    }
    return at
  }
}
