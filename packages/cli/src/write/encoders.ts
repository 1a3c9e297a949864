import type { Model } from '@depthwise/core'
import { type WriteModelOptions, writeModel, writeOnnx } from '@depthwise/formats'
import type { Target } from './targets.ts'
import { writeWeights } from './weights.ts'

type Encoder = (model: Model, options: WriteModelOptions) => Uint8Array

/** How each target is written. ONNX is always written whole. */
export const encoders: Readonly<Record<Target, Encoder>> = {
  onnx: model => writeOnnx(model),
  safetensors: writeWeights,
  depthwise: writeModel,
}
