import { ShapeError } from '../errors.ts'
import { show } from '../show.ts'
import { checkShape, elementCount, formatShape, type Shape, sameShape } from '../tensor.ts'
import type { Op, OpKind, OpOf, Size2 } from './op.ts'
import { windowedSize } from './window.ts'

/** Output shape from attributes and operand shapes; throws ShapeError where they do not fit. */
export type ShapeRule<K extends OpKind> = (op: OpOf<K>, operands: readonly Shape[], where: string) => Shape

function fail(where: string, expected: string, found: string): never {
  throw new ShapeError({ where, expected, found })
}

function only(operands: readonly Shape[], count: number, where: string): Shape {
  if (operands.length !== count) fail(where, `${count} operand(s)`, `${operands.length}`)
  return operands[0] as Shape
}

function image(shape: Shape, where: string): readonly [n: number, size: Size2, c: number] {
  if (shape.length !== 4) fail(where, 'an NHWC operand (rank 4)', formatShape(shape))
  return [shape[0] as number, [shape[1] as number, shape[2] as number], shape[3] as number]
}

/** Checks the extra operand of a fused residual, which has the shape of the result. */
function withResidual(
  op: { readonly residual: boolean },
  operands: readonly Shape[],
  result: Shape,
  where: string,
): Shape {
  const residual = operands[1]
  if (op.residual && !(residual && sameShape(residual, result))) {
    fail(where, `a residual of ${formatShape(result)}`, residual ? formatShape(residual) : 'none')
  }
  return result
}

function broadcast(operands: readonly Shape[], where: string): Shape {
  const a = only(operands, 2, where)
  const b = operands[1] as Shape
  const fits = a.length === b.length && a.every((extent, axis) => extent === b[axis] || extent === 1 || b[axis] === 1)
  if (!fits) fail(where, 'operands of one rank whose extents agree or are 1', `${formatShape(a)} and ${formatShape(b)}`)
  return a.map((extent, axis) => Math.max(extent, b[axis] as number))
}

const unchanged = (_op: Op, operands: readonly Shape[], where: string): Shape => only(operands, 1, where)

/** One row an op. A new op without its row does not compile. */
export const shapeRules: { readonly [K in OpKind]: ShapeRule<K> } = {
  input: (_op, _operands, where) => fail(where, 'a computed value', 'a graph input, whose shape is declared'),
  normalize(op, operands, where) {
    const shape = only(operands, 1, where)
    const channels = shape.at(-1)
    if (op.scale.length !== channels || op.offset.length !== channels) {
      fail(where, `${channels} scales and offsets, one a channel`, `${op.scale.length} and ${op.offset.length}`)
    }
    return shape
  },
  conv2d(op, operands, where) {
    const [n, size, channels] = image(only(operands, op.residual ? 2 : 1, where), where)
    if (channels % op.groups !== 0 || op.filters % op.groups !== 0) {
      fail(where, `channels and filters divisible by ${op.groups} groups`, `${channels} and ${op.filters}`)
    }
    return withResidual(op, operands, [n, ...windowedSize(size, op, where), op.filters], where)
  },
  depthwiseConv2d(op, operands, where) {
    const [n, size, channels] = image(only(operands, op.residual ? 2 : 1, where), where)
    return withResidual(op, operands, [n, ...windowedSize(size, op, where), channels * op.multiplier], where)
  },
  dense(op, operands, where) {
    const shape = only(operands, op.residual ? 2 : 1, where)
    if (shape.length !== 2) fail(where, 'a [batch, features] operand (rank 2)', formatShape(shape))
    return withResidual(op, operands, [shape[0] as number, op.units], where)
  },
  batchNorm: unchanged,
  relu: unchanged,
  relu6: unchanged,
  clamp: unchanged,
  add: (_op, operands, where) => broadcast(operands, where),
  mul: (_op, operands, where) => broadcast(operands, where),
  pad(op, operands, where) {
    const shape = only(operands, 1, where)
    if (op.pads.length !== shape.length) fail(where, `${shape.length} pairs, one an axis`, `${op.pads.length}`)
    if (op.pads[0]?.some(amount => amount !== 0)) fail(where, 'no padding of the batch axis', `${op.pads[0]}`)
    return shape.map((extent, axis) => extent + (op.pads[axis]?.[0] ?? 0) + (op.pads[axis]?.[1] ?? 0))
  },
  averagePool: (op, operands, where) => pooled(op, operands, where),
  maxPool: (op, operands, where) => pooled(op, operands, where),
  globalAveragePool(op, operands, where) {
    const [n, , channels] = image(only(operands, 1, where), where)
    return op.keepDims ? [n, 1, 1, channels] : [n, channels]
  },
  reshape(op, operands, where) {
    const [n, ...item] = only(operands, 1, where)
    if (elementCount(item) !== elementCount(op.target)) {
      fail(where, `${elementCount(item)} elements an item`, `${formatShape(op.target)}`)
    }
    return [n as number, ...op.target]
  },
  softmax: unchanged,
  sigmoid: unchanged,
  concat(op, operands, where) {
    const first = operands[0] ?? fail(where, 'at least one operand', 'none')
    if (op.axis >= first.length) fail(where, `an axis below ${first.length}`, `${op.axis}`)
    for (const shape of operands) {
      const agrees =
        shape.length === first.length && shape.every((extent, axis) => axis === op.axis || extent === first[axis])
      if (!agrees) fail(where, `operands that agree with ${formatShape(first)} off axis ${op.axis}`, formatShape(shape))
    }
    return first.map((extent, axis) =>
      axis === op.axis ? operands.reduce((sum, shape) => sum + (shape[axis] as number), 0) : extent,
    )
  },
  dropout: unchanged,
}

function pooled(op: OpOf<'averagePool' | 'maxPool'>, operands: readonly Shape[], where: string): Shape {
  const [n, size, channels] = image(only(operands, 1, where), where)
  const { kernel, padding } = op
  if (
    padding.top >= kernel[0] ||
    padding.bottom >= kernel[0] ||
    padding.left >= kernel[1] ||
    padding.right >= kernel[1]
  ) {
    fail(where, 'padding smaller than the pooling window, which would see nothing else', show(padding))
  }
  return [n, ...windowedSize(size, op, where), channels]
}

/**
 * Shape of the value an op computes from operands of the given shapes.
 * @throws ShapeError naming `where`, the expectation and what was found
 */
export function inferShape(op: Op, operands: readonly Shape[], where: string): Shape {
  const rule = shapeRules[op.kind] as ShapeRule<OpKind>
  const shape = rule(op as never, operands, where)
  checkShape(shape, where)
  return shape
}
