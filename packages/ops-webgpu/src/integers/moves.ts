import type { ConcatOp, PadOp } from '@depthwise/core/backend'
import { quantizeReal, sameBytes } from '@depthwise/core/integers'
import type { Layout } from '../plan/layout.ts'
import type { Launch } from '../plan/rules.ts'
import { tableOf } from './elementwise.ts'
import { integerPad, integerPlace, integerReshape } from './kernels/move.ts'
import { type IntegerContext, outputOf } from './site.ts'
import { storedAs } from './stored.ts'

/** Bytes as they are, where words are cut differently. */
export function lowerIntegerReshape(_op: unknown, { operands, output }: IntegerContext): Launch {
  return { kernel: integerReshape(operands[0] as Layout, output) }
}

/** Pads with the byte of a real, which is the zero point for 0. */
export function lowerIntegerPad({ pads, value }: PadOp, context: IntegerContext): Launch {
  const { type, shift } = outputOf(context)
  const byte = quantizeReal(value, type) + shift
  return { kernel: integerPad(context.operands[0] as Layout, context.output, pads, byte) }
}

/** Operands of the result's type are copied, those of others go through a table. */
export function lowerIntegerConcat(op: ConcatOp, context: IntegerContext): readonly Launch[] {
  const { operands, sources, output } = context
  const result = outputOf(context)
  let offset = 0
  return operands.map((operand, index): Launch => {
    const source = storedAs(sources[index] as (typeof sources)[number])
    const restated = !sameBytes(source.type, result.type)
    const kernel = integerPlace(operand, output, { axis: op.axis, offset, restated })
    offset += operand.shape[op.axis] as number
    return { kernel, operands: [index], ...(restated && { params: tableOf(op, source, result) }) }
  })
}
