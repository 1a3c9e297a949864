import type { ElementType, Tensor } from '@depthwise/core'
import { unbounded } from '../../bounds.ts'
import { constantItem } from '../../constant-item.ts'
import type { ConstantTensor } from '../constants.ts'
import { activationQuantization } from '../quantization.ts'
import { arrangedAxes } from '../view.ts'
import type { Arranged } from './alignment.ts'
import type { Operand, Operation } from './operation.ts'

/**
 * A constant as a value beside a computed operand of at least its rank: in the order in which that one is held, and of its batch. It
 * stays bytes where the operand is bytes and one scale serves all of the constant.
 * @throws UnsupportedOpError for a constant that differs from item to item of a batch
 */
export function constantOperand(operation: Operation, constant: ConstantTensor, beside: Arranged): Arranged {
  const { order, value } = beside
  const [batch] = value.shape as readonly [number]
  const shape = [...new Array<number>(order.length - constant.shape.length).fill(1), ...constant.shape]
  const items = shape[order[0] as number] as number
  const isBytes = staysBytes(constant, beside)
  const item = constantItem(isBytes ? operation.stored(constant) : operation.reals(constant), shape, order)
  if (!item || (items !== 1 && items !== batch)) {
    const found = `${constant.label} of [${constant.shape}]`
    throw operation.unsupported('a constant that is the same for every item of a batch', found)
  }
  const elements = isBytes ? elementsOf(constant) : ({ dtype: 'float32' } as const)
  const held = operation.insertConstant({ ...item, ...elements } as Tensor, value.shape, constant)
  const full = shape.with(order[0] as number, batch)
  return { tensor: constant, value: held, shape: full, axes: arrangedAxes(full, order), bounds: unbounded, order }
}

/** Whether a constant can be a quantized value beside an operand. */
export function staysBytes({ type, quantization }: ConstantTensor, { value }: Operand): boolean {
  const isByte = type === 'INT8' || type === 'UINT8'
  return isByte && quantization?.scales.length === 1 && value.quantization !== undefined
}

function elementsOf({ type, quantization, label }: ConstantTensor): ElementType {
  const single = activationQuantization(type, quantization, label)
  return { dtype: type === 'INT8' ? 'int8' : 'uint8', ...(single && { quantization: single }) }
}
