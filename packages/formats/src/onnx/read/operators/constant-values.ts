import type { ElementType, Tensor } from '@depthwise/core'
import { type BinaryOperator, sameShape } from '@depthwise/core/backend'
import { unbounded } from '../../../bounds.ts'
import { constantItem } from '../../../constant-item.ts'
import type { Constant, StoredIntegers } from '../constant.ts'
import type { Computed } from '../operand.ts'
import type { Operation } from '../operation.ts'

// Constants as values of the graph: those that are no scale and offset of another value.

/**
 * The constant operand at a position as a value beside a computed one, in its order and of its batch. Where integers are kept, it is
 * the reals of bytes if one scale serves all of it.
 * @throws UnsupportedOpError for a constant of a higher rank, or one that differs from item to item of a batch
 */
export function constantBeside(operation: Operation, position: number, constant: Constant, beside: Computed): Computed {
  const { order, value } = beside
  const [batch] = value.shape as readonly [number]
  const missing = order.length - constant.shape.length
  const shape = [...new Array<number>(Math.max(0, missing)).fill(1), ...constant.shape]
  const bytes = bytesOf(operation, constant)
  const numbers = bytes ? bytes.data : Float32Array.from(constant.numbers())
  const item = missing < 0 || numbers.length === 0 ? null : constantItem(numbers, shape, order)
  const items = shape[order[0] as number] as number
  if (!item || (items !== 1 && items !== batch)) {
    const expected = `a constant of at most ${order.length} axes that is the same for every item of a batch`
    throw operation.unsupported(expected, `${constant.label} of [${constant.shape}]`)
  }
  const elements: ElementType = bytes ? bytes.elements : { dtype: 'float32' }
  const held = operation.insertConstant(position, { ...item, ...elements } as Tensor, batch)
  const full = shape.with(order[0] as number, batch)
  const computed: Computed = {
    kind: 'computed',
    value: held,
    shape: full,
    order,
    flattened: null,
    bounds: unbounded,
    elements: 'real',
  }
  return bytes ? operation.inReals(computed) : computed
}

/** A binary operator of a value and a constant, which becomes a value too. */
export function withConstantValue(
  operation: Operation,
  operator: BinaryOperator,
  operand: Computed,
  constant: Constant,
  position: number,
): Computed {
  const [held] = operation.inOneOrder([operand]) as [Computed]
  const fixed = constantBeside(operation, position, constant, held)
  const shape = held.shape.map((extent, axis) => Math.max(extent, fixed.shape[axis] as number))
  const fits = (each: Computed): boolean =>
    sameShape(
      each.shape.map((extent, axis) => (extent === 1 ? (shape[axis] as number) : extent)),
      shape,
    )
  if (!fits(held) || !fits(fixed)) {
    throw operation.malformed('operands whose extents agree or are 1', `[${held.shape}] and [${constant.shape}]`)
  }
  const operands = position === 0 ? [fixed.value, held.value] : [held.value, fixed.value]
  return { ...held, value: operation.emit({ kind: 'binary', operator }, operands), shape, bounds: unbounded }
}

/** Whether a constant stays bytes as a value. */
export function staysBytes(operation: Operation, { stored }: Constant): boolean {
  return operation.keepsIntegers && stored !== undefined && stored.type !== 'INT32' && stored.scales.length === 1
}

function bytesOf(
  operation: Operation,
  constant: Constant,
): { readonly data: Int8Array | Uint8Array; readonly elements: ElementType } | null {
  if (!staysBytes(operation, constant)) return null
  const { type, numbers, scales, zeroPoints } = constant.stored as StoredIntegers
  const quantization = { scale: scales[0] as number, zeroPoint: zeroPoints[0] ?? 0 }
  return type === 'INT8'
    ? { data: Int8Array.from(numbers()), elements: { dtype: 'int8', quantization } }
    : { data: Uint8Array.from(numbers()), elements: { dtype: 'uint8', quantization } }
}
