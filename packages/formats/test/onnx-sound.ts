import { type FileSpec, type NodeSpec, onnxFile, onnxModel, reals } from '@depthwise/testing/files/onnx-file'
import { readOnnx } from '../src/index.ts'
import { encode } from '../src/onnx/proto/encode.ts'
import { type ModelMessage, modelSchema, type TensorMessage } from '../src/onnx/schema.ts'

export const sound: FileSpec = {
  inputs: { x: [1, 3, 4, 5] },
  outputs: ['y'],
  constants: { w: reals([2, 3, 1, 1]), b: reals([2]) },
  nodes: [
    ['Conv', ['x', 'w', 'b'], 'c'],
    ['Relu', ['c'], 'y'],
  ],
}

/** The sound file with other parts. */
export const changed = (changes: Partial<FileSpec>) => () => readOnnx(onnxFile({ ...sound, ...changes }))
export const withNodes = (...nodes: readonly NodeSpec[]) => changed({ nodes })
export const withWeights = (w: TensorMessage) => changed({ constants: { ...sound.constants, w } })
export const model = (changes: Partial<ModelMessage>) => () =>
  readOnnx(encode(modelSchema, { ...onnxModel(sound), ...changes }))
