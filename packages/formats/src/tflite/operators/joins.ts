import { hull } from '../../bounds.ts'
import { concatenationOptions } from '../schema.ts'
import { arrangedAxes } from '../view.ts'
import { type Arranged, aligned, ordered } from './alignment.ts'
import { constantOperand } from './constant-operands.ts'
import type { Operand, Operation, Outcome } from './operation.ts'

/** Pads with zeros: in quantised files the padding is the zero point, which is zero too. */
export function pad(operation: Operation): Outcome {
  return padded(operation, 0)
}

/** Pads with a number of the file. */
export function padV2(operation: Operation): Outcome {
  const constant = operation.constant(2)
  const [value, ...others] = operation.reals(constant)
  if (value === undefined || others.length > 0) throw operation.malformed('one number to pad with', constant.label)
  return padded(operation, value)
}

function padded(operation: Operation, value: number): Outcome {
  const operand = ordered(operation, operation.operand(0))
  const { shape, order } = operand
  const rank = shape.length
  const amounts = operation.integers(operation.constant(1))
  if (amounts.length !== 2 * rank) throw operation.malformed(`${2 * rank} paddings`, `${amounts.length}`)
  const pads = order.map(axis => [amounts[2 * axis] as number, amounts[2 * axis + 1] as number] as const)
  if (pads[0]?.some(amount => amount !== 0)) throw operation.unsupported('no padding of the batch', `${pads[0]}`)
  const bounds = hull([operand.bounds, { min: value, max: value }])
  const grown = shape.map((extent, axis) => extent + (amounts[2 * axis] as number) + (amounts[2 * axis + 1] as number))
  const held = { shape: grown, axes: arrangedAxes(grown, order) }
  return { kind: 'node', op: { kind: 'pad', pads, value }, operands: [operand.value], bounds, held }
}

/** Joins computed tensors and constants; the batch as the axis is not supported. */
export function concatenation(operation: Operation): Outcome {
  const options = operation.options(concatenationOptions)
  const positions = Array.from({ length: operation.operandCount }, (_, position) => position)
  const computed = positions.filter(position => !operation.isConstant(position))
  const given = computed.map(position => operation.operand(position))
  const constants = positions.flatMap(position =>
    operation.isConstant(position) ? [operation.constant(position)] : [],
  )
  const [first] = given as [Operand, ...Operand[]]
  const rank = first.shape.length
  if ([...given, ...constants].some(({ shape }) => shape.length !== rank)) {
    throw operation.malformed(`operands of rank ${rank}`, 'others')
  }
  const axis = operation.axis(options.int32('axis'), rank)
  const operands = withConstants(operation, aligned(operation, given))
  const along = valueAxis(operands, axis)
  if (along === undefined || along === 0) {
    throw operation.unsupported('an axis other than the batch', `${options.int32('axis')} of [${first.shape}]`)
  }
  const extent = operands.reduce((sum, { shape }) => sum + (shape[axis] as number), 0)
  const { shape, axes } = operands[0] as Operand
  return {
    kind: 'node',
    op: { kind: 'concat', axis: along },
    operands: operands.map(operand => operand.value),
    bounds: hull(operands.map(operand => operand.bounds)),
    activation: operation.activation(options),
    held: { shape: shape.with(axis, extent), axes: extent === 1 ? axes : axes.with(axis, [along]) },
  }
}

/** Computed operands, and the constants between them in the order in which the first is held. */
function withConstants(
  operation: Operation,
  computed: readonly (Operand | Arranged)[],
): readonly (Operand | Arranged)[] {
  const rest = [...computed]
  return Array.from({ length: operation.operandCount }, (_, position) => {
    if (!operation.isConstant(position)) return rest.shift() as Operand
    const [first] = computed
    const constant = operation.constant(position)
    if (first && 'order' in first) return constantOperand(operation, constant, first)
    throw operation.unsupported('operands held in the order of a constant', constant.label)
  })
}

/** The one axis of their values that holds an axis of all operands. */
function valueAxis(operands: readonly Operand[], axis: number): number | undefined {
  const [first, ...others] = operands as readonly [Operand, ...Operand[]]
  if ('order' in first) return (first as Operand & { readonly order: readonly number[] }).order.indexOf(axis)
  const [held, ...more] = first.axes[axis] as readonly number[]
  const isShared = others.every(({ axes }) => axes[axis]?.length === 1 && axes[axis]?.[0] === held)
  return more.length === 0 && isShared ? held : undefined
}
