import type { ElementType, Shape, Tensor } from '@depthwise/core'
import { tensor } from '@depthwise/core'
import { unbounded } from '../../bounds.ts'
import { permute } from '../../permute.ts'
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
  const rank = order.length
  const shape = [...new Array<number>(rank - constant.shape.length).fill(1), ...constant.shape]
  const [first, ...item] = order.map(axis => shape[axis] as number)
  if (first !== 1) {
    throw operation.unsupported(
      'a constant that is the same for every item of a batch',
      `${constant.label} of [${shape}]`,
    )
  }
  const held = operation.insertConstant(numbersOf(operation, constant, beside, shape, item), value.shape, constant)
  const full = shape.with(order[0] as number, value.shape[0] as number)
  return { tensor: constant, value: held, shape: full, axes: arrangedAxes(full, order), bounds: unbounded, order }
}

/** Whether a constant can be a quantized value beside an operand. */
export function staysBytes({ type, quantization }: ConstantTensor, { value }: Operand): boolean {
  const isByte = type === 'INT8' || type === 'UINT8'
  return isByte && quantization?.scales.length === 1 && value.quantization !== undefined
}

function numbersOf(
  operation: Operation,
  constant: ConstantTensor,
  beside: Arranged,
  shape: Shape,
  item: readonly number[],
): Tensor {
  const { order } = beside
  if (!staysBytes(constant, beside)) return tensor(item, permute(operation.reals(constant), shape, order))
  const { type, quantization, label } = constant
  const elements = {
    dtype: type === 'INT8' ? 'int8' : 'uint8',
    quantization: activationQuantization(type, quantization, label),
  } as ElementType
  return { ...elements, shape: item, data: permute(operation.stored(constant), shape, order) } as Tensor
}
