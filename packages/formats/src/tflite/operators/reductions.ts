import type { Op, Shape } from '@depthwise/core'
import { elementCount, sameShape } from '@depthwise/core/backend'
import { uniformAffine } from '../../affine.ts'
import { reducerOptions } from '../schema.ts'
import { isInOrder } from '../view.ts'
import type { Importer, Operand, Operation, Outcome } from './operation.ts'

type Reduction = 'mean' | 'sum' | 'max'

const unpadded = { top: 0, bottom: 0, left: 0, right: 0 } as const

/**
 * The mean, sum or maximum over any axes but the batch, in whichever order the value holds them: neighbours in one pool, as
 * height and width of an image mostly are, others one after another.
 */
export function reduce(kind: Reduction): Importer {
  return operation => {
    const operand = operation.operand(0)
    const { value, shape } = operand
    const given = operation.integers(operation.constant(1))
    const reduced = new Set(given.map(axis => operation.axis(axis, shape.length)))
    const keepDims = (operation.optionsIfAny(reducerOptions)?.uint8('keep_dims') ?? 0) !== 0
    // One op, also where height and width are 1.
    const isImage = shape.length === 4 && sameShape(shape, value.shape) && isInOrder(operand)
    if (kind === 'mean' && isImage && reduced.size === 2 && reduced.has(1) && reduced.has(2)) {
      const op = { kind: 'globalAveragePool', keepDims } as const
      return { kind: 'node', op, operands: [value], bounds: operand.bounds }
    }
    const axes = [...reduced].flatMap(axis => operand.axes[axis] as readonly number[]).sort((a, b) => a - b)
    if (axes[0] === 0) throw operation.unsupported('axes other than the batch', `${given.slice(0, 8)}`)
    const isLeft = (_: unknown, axis: number): boolean => keepDims || !reduced.has(axis)
    const held = {
      shape: shape.map((extent, axis) => (reduced.has(axis) ? 1 : extent)).filter(isLeft),
      axes: operand.axes.map((group, axis) => (reduced.has(axis) ? [] : group)).filter(isLeft),
    }
    return computed(operation, { ...operand, ...held }, steps(operation, kind, value.shape, axes), kind)
  }
}

/** A chain of ops, the last of which computes the result. */
function computed(operation: Operation, operand: Operand, ops: readonly Op[], kind: Reduction): Outcome {
  const last = ops.at(-1)
  if (!last) return { kind: 'same', operand }
  const value = ops.slice(0, -1).reduce((value, op) => operation.insert(op, [value]), operand.value)
  const node = { kind: 'node', op: last, operands: [value], held: operand } as const
  return kind === 'sum' ? node : { ...node, bounds: operand.bounds }
}

/** What reduces axes of a value of that shape to 1. */
function steps(operation: Operation, kind: Reduction, shape: Shape, axes: readonly number[]): readonly Op[] {
  const ops: Op[] = []
  let current = shape
  for (const [first, last] of stretches(axes, shape)) {
    ops.push(...pooled(kind, current, first, last))
    current = current.map((extent, axis) => (axis >= first && axis <= last ? 1 : extent))
  }
  const count = elementCount(axes.map(axis => shape[axis] as number))
  if (kind !== 'sum' || count === 1) return ops
  const channels = current.at(-1) as number
  operation.spend(channels)
  return [...ops, uniformAffine(channels, { scale: count, offset: 0 })]
}

/** Ascending axes as stretches of neighbours; axes of one element between them do not part them. */
function stretches(axes: readonly number[], shape: Shape): readonly (readonly [first: number, last: number])[] {
  const found: [number, number][] = []
  for (const axis of axes) {
    const current = found.at(-1)
    const isNext = current && shape.slice(current[1] + 1, axis).every(extent => extent === 1)
    if (isNext) current[1] = axis
    else found.push([axis, axis])
  }
  return found
}

/** A pool over neighbouring axes: of an image as it stands, of other shapes as an image whose width they are. */
function pooled(kind: Reduction, shape: Shape, first: number, last: number): readonly Op[] {
  const [, height, width] = shape as readonly [number, number, number]
  if (shape.length === 4 && last <= 2) {
    const kernel = [first === 1 ? height : 1, last === 2 ? width : 1] as const
    return [pool(kind, kernel, kernel[0] === height && kernel[1] === width)]
  }
  const outer = elementCount(shape.slice(1, first))
  const extent = elementCount(shape.slice(first, last + 1))
  const target = [outer, extent, elementCount(shape.slice(last + 1))]
  const back = shape.slice(1).map((each, i) => (i + 1 >= first && i + 1 <= last ? 1 : each))
  const ops: readonly Op[] = [
    { kind: 'reshape', target },
    pool(kind, [1, extent], outer === 1),
    { kind: 'reshape', target: back },
  ]
  return sameShape(target, shape.slice(1)) ? ops.slice(1) : ops
}

function pool(kind: Reduction, kernel: readonly [number, number], isGlobal: boolean): Op {
  const window = { kernel, strides: [1, 1], padding: unpadded } as const
  if (kind === 'max') return { kind: 'maxPool', ...window }
  if (isGlobal) return { kind: 'globalAveragePool', keepDims: true }
  return { kind: 'averagePool', ...window, countPadding: false }
}
