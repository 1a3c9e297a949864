import type { OpOf } from '@depthwise/core/backend'
import type { Call } from '../kernel.ts'
import { activation } from './elementwise.ts'

const identity = (x: number): number => x

/**
 * What every product does with its sums, one output pixel at a time: stores `activation(sum + bias + residual)` from offset
 * `at` on and clears the sums for the next pixel.
 */
export function epilogue(
  op: OpOf<'conv2d' | 'depthwiseConv2d' | 'dense'>,
  { operands, output, param }: Call,
): (sums: Float64Array, at: number) => void {
  const bias = op.bias === null ? null : param(op.bias)
  const residual = op.residual ? (operands[1]?.data ?? null) : null
  const activate = op.activation ? activation(op.activation) : identity
  return (sums, at) => {
    for (let c = 0; c < sums.length; c++) {
      const sum = sums[c]! + (bias ? bias[c]! : 0) + (residual ? residual[at + c]! : 0)
      output.data[at + c] = activate(sum)
    }
    sums.fill(0)
  }
}
