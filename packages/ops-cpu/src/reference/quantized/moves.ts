import { type Tensor, zeros } from '@depthwise/core'
import { quantizeReal } from '@depthwise/core/integers'
import { joinBlocks, padRows, repeatItem } from '../kernels/shape.ts'
import { mapBytes } from './elementwise.ts'
import { type QuantizedCall, type QuantizedKernel, typeOf } from './kernel.ts'

/** Bytes as they are: operand and result have one type. */
export const copy = (_op: unknown, { input, output }: QuantizedCall): void => output.data.set(input.data)

/** The item that a parameter holds, for every item of the batch. */
export const constant: QuantizedKernel<'constant'> = ({ value }, { output, params }) =>
  repeatItem((params.get(value) as Tensor).data, output.data)

/** Fills with the byte of the real it pads with, which is the zero point for 0. */
export const pad: QuantizedKernel<'pad'> = ({ pads, value }, { input, output }) =>
  padRows(pads, quantizeReal(value, typeOf(output)), input, output)

/** Operands of another type than that of the result are restated in it first; the others are copied. */
export const concat: QuantizedKernel<'concat'> = (op, { operands, output }) => {
  const restated = operands.map(input => {
    const same: Tensor = { ...output, ...zeros(input.shape, output.dtype) }
    mapBytes(op, { input, output: same })
    return same
  })
  joinBlocks(op.axis, restated, output)
}
