import type { Shape } from '@depthwise/core'
import { elementCount, sameShape } from '@depthwise/core/backend'
import { hull } from '../../../bounds.ts'
import { permutedIndices } from '../../../permute.ts'
import { isSameEitherWay, oursFromPlanar, reorder } from '../../layout.ts'
import { type Constant, dequantizedConstant, folded } from '../constant.ts'
import type { Computed, Operand } from '../operand.ts'
import type { Operation } from '../operation.ts'
import { holdsAlike, identity, isSameOrder, transposed } from '../order.ts'
import { constantBeside } from './constant-values.ts'

/** -1 stands for what is left, 0 for the operand's own extent (unless `allowzero` says otherwise). */
export function reshape(operation: Operation): Operand {
  const operand = operation.operand(0)
  const zeros = operation.attributes.integer('allowzero', 0) !== 0
  const given = operation.list(1)
  const asked = given.map((extent, axis) => (extent === 0 && !zeros ? (operand.shape[axis] ?? 0) : extent))
  const count = elementCount(operand.shape)
  const known = elementCount(asked.filter(extent => extent !== -1))
  const shape = asked.map(extent => (extent === -1 ? count / known : extent))
  const isShape = shape.length <= 8 && shape.every(extent => Number.isInteger(extent) && extent >= 0)
  if (asked.filter(extent => extent === -1).length > 1 || !isShape || elementCount(shape) !== count) {
    throw operation.malformed(`a shape of ${count} elements`, `[${given.slice(0, 8)}]`)
  }
  return reshaped(operation, operand, shape)
}

/** To two axes: those before the given one, and the others. */
export function flatten(operation: Operation): Operand {
  const operand = operation.operand(0)
  const given = operation.attributes.integer('axis', 1)
  const rank = operand.shape.length
  const axis = given === rank ? rank : operation.axis(given, rank)
  const [before, after] = [operand.shape.slice(0, axis), operand.shape.slice(axis)]
  return reshaped(operation, operand, [elementCount(before), elementCount(after)])
}

/** Drops the axes named, or every axis of one element but the batch where none is. */
export function squeeze(operation: Operation): Operand {
  const operand = operation.operand(0)
  const { shape } = operand
  const given = operation.listSince(13, 1, 'axes')
  const first = operand.kind === 'constant' ? 0 : 1
  const axes = given
    ? operation.axes(given, shape.length)
    : new Set(shape.flatMap((extent, axis) => (extent === 1 && axis >= first ? [axis] : [])))
  const wrong = [...axes].find(axis => shape[axis] !== 1)
  if (wrong !== undefined) throw operation.malformed(`axes of extent 1 in [${shape}]`, `axis ${wrong}`)
  return reshaped(
    operation,
    operand,
    shape.filter((_, axis) => !axes.has(axis)),
  )
}

export function unsqueeze(operation: Operation): Operand {
  const operand = operation.operand(0)
  const given = operation.listSince(13, 1, 'axes') ?? []
  const rank = operand.shape.length + given.length
  if (rank > 8) throw operation.malformed('at most 8 axes', `${rank}`)
  const axes = operation.axes(given, rank)
  const rest = [...operand.shape]
  const shape = Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : (rest.shift() as number)))
  return reshaped(operation, operand, shape)
}

/** Moves no element: only the order changes in which the axes are held. */
export function transpose(operation: Operation): Operand {
  const operand = operation.operand(0)
  const { shape } = operand
  const rank = shape.length
  const permutation = operation.attributes.integers('perm') ?? identity(rank).toReversed()
  if (permutation.length !== rank) throw operation.malformed(`${rank} axes`, `[${permutation.slice(0, 8)}]`)
  operation.axes(permutation, rank)
  if (operand.kind === 'constant') return transposedConstant(operation, operand, permutation)
  const { order } = operation.unflattened(operand)
  return { ...operand, shape: reorder(shape, permutation), order: transposed(order, permutation) }
}

function transposedConstant(operation: Operation, constant: Constant, permutation: readonly number[]): Constant {
  const { shape, type, stored } = constant
  operation.spend(elementCount(shape))
  const move = (numbers: ArrayLike<number>): number[] =>
    Array.from(permutedIndices(shape, permutation), index => numbers[index]!)
  const moved = reorder(shape, permutation)
  if (!stored) return folded(operation.label, type, moved, move(constant.numbers()))
  const axis = permutation.indexOf(stored.axis)
  const movedIntegers = { ...stored, axis, numbers: () => move(stored.numbers()) }
  const compute = () => Float32Array.from(move(constant.numbers()))
  return dequantizedConstant(operation.label, moved, movedIntegers, compute)
}

/** Joins lists about shapes, or values along an axis other than the batch. */
export function concat(operation: Operation): Operand {
  const operands = Array.from({ length: operation.operandCount }, (_, position) => operation.operand(position))
  const rank = operands[0]?.shape.length ?? 0
  const axis = operation.axis(operation.attributes.integer('axis', 0), rank)
  if (operands.every(operand => operand.kind === 'constant')) {
    if (rank !== 1) throw operation.unsupported('lists, or values that the graph computes', 'constants of higher rank')
    const lists = operands.map(operand => Array.from(operand.numbers()))
    const values = lists.flat()
    operation.spend(values.length)
    return folded(operation.label, operands[0]?.type ?? 'INT64', [values.length], values)
  }
  return joined(
    operation,
    operands.map((operand, position) => (operand.kind === 'constant' ? operand : operation.ordered(position))),
    axis,
  )
}

/**
 * Values and constants joined along an axis other than the batch.
 * @param positions of the operands among those of the operation; default: in their order
 */
export function joined(
  operation: Operation,
  operands: readonly Operand[],
  axis: number,
  positions: readonly number[] = operands.map((_, position) => position),
): Computed {
  const rank = operands[0]?.shape.length ?? 0
  if (axis === 0) throw operation.unsupported('an axis other than the batch', `${axis}`)
  if (operands.some(({ shape }) => shape.length !== rank))
    throw operation.malformed(`operands of rank ${rank}`, 'others')
  const computed = operands.filter(operand => operand.kind === 'computed')
  if (computed.length === 0) throw operation.unsupported('an operand that the graph computes', 'constants')
  const ordered = [...operation.inOneOrder(computed)]
  const [beside] = ordered as [Computed, ...Computed[]]
  const held = operands.map((operand, i) =>
    operand.kind === 'constant'
      ? constantBeside(operation, positions[i] as number, operand, beside)
      : (ordered.shift() as Computed),
  )
  const first = held[0] as Computed
  const op = { kind: 'concat', axis: first.order.indexOf(axis) } as const
  const value = operation.emit(
    op,
    held.map(each => each.value),
  )
  const extent = held.reduce((sum, each) => sum + (each.shape[axis] as number), 0)
  const bounds = hull(held.map(each => each.bounds))
  return { ...first, value, shape: first.shape.with(axis, extent), bounds }
}

/** Padding by a constant; its axes may be some of the operand's (operator set 18). */
export function pad(operation: Operation): Computed {
  const operand = operation.inOneOrder([operation.ordered(0)])[0] as Computed
  const { shape, order } = operand
  const { attributes } = operation
  const mode = attributes.text('mode', 'constant')
  if (mode !== 'constant') throw operation.unsupported('padding by a constant', mode.slice(0, 80))
  const axes = operation.has(3) ? [...operation.axes(operation.list(3), shape.length)] : identity(shape.length)
  const amounts = operation.listSince(11, 1, 'pads') ?? []
  if (amounts.length !== 2 * axes.length) throw operation.malformed(`${2 * axes.length} pads`, `${amounts.length}`)
  if (amounts.some(amount => amount < 0)) throw operation.unsupported('pads of at least 0', `[${amounts.slice(0, 8)}]`)
  const value = operation.opset < 11 ? attributes.real('value', 0) : operation.has(2) ? operation.scalar(2) : 0
  const pads = order.map((axis): readonly [number, number] => {
    const at = axes.indexOf(axis)
    return at === -1 ? [0, 0] : [amounts[at] as number, amounts[at + axes.length] as number]
  })
  if (pads[0]?.some(amount => amount !== 0)) throw operation.unsupported('no padding of the batch', `${pads[0]}`)
  const padded = operation.emit({ kind: 'pad', pads, value }, [operand.value])
  const grown = shape.map((extent, axis) => {
    const [before, after] = pads[order.indexOf(axis)] as readonly [number, number]
    return extent + before + after
  })
  const bounds = hull([operand.bounds, { min: value, max: value }])
  return { ...operand, value: padded, shape: grown, bounds }
}

/** Elements stay in the order of ONNX, and the batch in front. */
function reshaped(operation: Operation, operand: Operand, shape: Shape): Operand {
  if (operand.kind === 'constant') return folded(operation.label, operand.type, shape, operand.numbers())
  const { order } = operand
  const plain = identity(shape.length)
  // Where NHWC and NCHW hold the same order, NHWC is chosen, since most operators that follow need it.
  const isEither = shape.length === 4 && isSameEitherWay(reorder(shape, oursFromPlanar))
  const held = isEither ? oursFromPlanar : plain
  if (sameShape(shape, operand.shape) && (!isEither || isSameOrder(order, held))) return operand
  const { elements } = operation.unflattened(operand)
  if (elements === 'integer') throw operation.unsupported('an operand of reals', 'integers')
  if (shape[0] !== operand.shape[0]) {
    const found = `[${operand.shape}] to [${shape}]`
    throw operation.unsupported(`a shape that keeps the batch of ${operand.shape[0]} in front`, found)
  }
  if (holdsAlike(operand.shape, order, identity(operand.shape.length))) {
    return { ...operand, value: emitReshape(operation, operand, reorder(shape, held)), shape, order: held }
  }
  if (shape.length !== 2 || order[0] !== 0) {
    throw operation.unsupported('elements held in the order of the file', `axes ${order} of [${operand.shape}]`)
  }
  const flattened = { shape: operand.shape.slice(1), order: order.slice(1).map(axis => axis - 1) }
  return { ...operand, value: emitReshape(operation, operand, shape), shape, order: plain, flattened }
}

function emitReshape(operation: Operation, { value }: Computed, shape: Shape) {
  return operation.emit({ kind: 'reshape', target: shape.slice(1) }, [value])
}
