import { readTFLite } from '../src/tflite/index.ts'
import * as tfl from './tflite-writer.ts'

export const counting = (length: number, from = 1): number[] => Array.from({ length }, (_, i) => i + from)

/** A file of one operator: tensor 0 in, the last one out, constants between them. */
export function single(operator: Omit<tfl.OperatorSpec, 'inputs' | 'outputs'>, tensors: readonly tfl.TensorSpec[]) {
  const last = tensors.length - 1
  const named = tensors.map((tensor, i) => ({
    name: i === 0 ? 'input' : i === last ? 'output' : `constant${i}`,
    ...tensor,
  }))
  const inputs = tensors.slice(0, -1).map((_, i) => i)
  const operators = [{ ...operator, inputs, outputs: [last] }]
  return readTFLite(tfl.writeTFLite({ tensors: named, operators, inputs: [0], outputs: [last] }))
}
