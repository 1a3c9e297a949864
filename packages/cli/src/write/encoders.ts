import type { Model } from '@depthwise/core'
import { type WriteModelOptions, writeModel, writeOnnx, writeTFLite } from '@depthwise/formats'
import type { Naming } from '@depthwise/models/weights'
import type { Target } from './targets.ts'
import { type Encoded, writeWeights } from './weights.ts'

type Encoder = (model: Model, options: WriteModelOptions, names?: Naming) => Encoded

/** How each target is written. ONNX and TFLite take numbers as they are. */
export const encoders: Readonly<Record<Target, Encoder>> = {
  onnx: model => ({ file: writeOnnx(model) }),
  tflite: model => ({ file: writeTFLite(model) }),
  safetensors: writeWeights,
  depthwise: (model, options) => ({ file: writeModel(model, options) }),
}
