import * as tfl from '@depthwise/testing/files/tflite-writer'
import { readTFLite } from '../src/index.ts'

export const counting = (length: number, from = 1): number[] => Array.from({ length }, (_, i) => i + from)

/**
 * A file of one operator, read as reals: tensor 0 in, the last one out, constants between them.
 * @param operands the tensors that the operator takes, in its order; by default all but the last
 */
export async function single(
  operator: Omit<tfl.OperatorSpec, 'inputs' | 'outputs'>,
  tensors: readonly tfl.TensorSpec[],
  operands?: readonly number[],
) {
  const last = tensors.length - 1
  const named = tensors.map((tensor, i) => ({
    name: i === 0 ? 'input' : i === last ? 'output' : `constant${i}`,
    ...tensor,
  }))
  const inputs = operands ?? tensors.slice(0, -1).map((_, i) => i)
  const operators = [{ ...operator, inputs, outputs: [last] }]
  return readTFLite(tfl.writeTFLite({ tensors: named, operators, inputs: [0], outputs: [last] }), {
    arithmetic: 'real',
  })
}
