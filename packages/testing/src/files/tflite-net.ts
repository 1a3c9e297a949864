import type { Model } from '../../../core/src/index.ts'
import { type ReadTFLiteOptions, readTFLite } from '../../../formats/src/index.ts'
import * as tfl from './tflite-writer.ts'

/** An operator by the names of its operands and of its results. */
export type Step = readonly [
  op: tfl.OperatorSpec['op'],
  inputs: readonly string[],
  outputs: string | readonly string[],
  options?: tfl.OperatorSpec['options'],
]

export interface Net {
  /** In the file's order; a result that stands in no list has a blank shape, which the reader takes from its operator. */
  readonly tensors: Readonly<Record<string, Omit<tfl.TensorSpec, 'name'>>>
  readonly steps: readonly Step[]
  readonly inputs?: readonly string[]
  readonly outputs?: readonly string[]
  readonly metadata?: tfl.FileSpec['metadata']
}

/** The bytes of a net; its input is `x` and its output `y` unless it says otherwise. */
export function netBytes({ tensors, steps, inputs = ['x'], outputs = ['y'], metadata }: Net): Uint8Array {
  const written = steps.flatMap(([, , results]) => results)
  const names = [...new Set([...Object.keys(tensors), ...written])]
  const at = (name: string): number => (name === '' ? -1 : names.indexOf(name))
  return tfl.writeTFLite({
    tensors: names.map(name => ({ shape: [], ...tensors[name], name })),
    operators: steps.map(([op, operands, results, options]) => ({
      op,
      inputs: operands.map(at),
      outputs: [results].flat().map(at),
      ...(options && { options }),
    })),
    inputs: inputs.map(at),
    outputs: outputs.map(at),
    ...(metadata && { metadata }),
  })
}

export async function net(description: Net, options?: ReadTFLiteOptions): Promise<Model> {
  return readTFLite(netBytes(description), options)
}

export const ints = (...data: readonly number[]): tfl.TensorSpec => ({ shape: [data.length], type: 'i32', data })
export const int = (value: number): tfl.TensorSpec => ({ shape: [], type: 'i32', data: [value] })
export const reals = (shape: readonly number[], data: readonly number[]): tfl.TensorSpec => ({ shape, data })
