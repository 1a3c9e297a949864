export { detectFormat } from './detect.ts'
export { identifyFile } from './identify/index.ts'
export type { FileIdentity, Format } from './identify/kind.ts'
export type { InputShapes, OpenInput } from './input-shapes.ts'
export { type KerasFile, type ReadKerasOptions, readKeras } from './keras/read.ts'
export { type ReadManifestOptions, readManifest } from './manifest/read.ts'
export { readNpy, writeNpy } from './npy/npy.ts'
export { type ReadNpzOptions, readNpz, writeNpz } from './npy/npz.ts'
export {
  type ExternalData,
  externalDataFiles,
  type ImageLayout,
  type ReadOnnxOptions,
  readOnnx,
  type WriteOnnxOptions,
  writeOnnx,
} from './onnx/index.ts'
export { readSafetensors, type Safetensors } from './safetensors/read.ts'
export { type WriteSafetensorsOptions, writeSafetensors } from './safetensors/write.ts'
export { readModel } from './saved/read.ts'
export { type WriteModelOptions, writeModel } from './saved/write.ts'
export { type ReadFile, type ReadTfjsOptions, readTfjs } from './tfjs/read.ts'
export { type ReadTFLiteOptions, readTFLite } from './tflite/index.ts'
export { nameWeights } from './weights/name.ts'
export type { Naming } from './weights/namings.ts'
export { type Weights, type WeightsFile, weightsOf } from './weights/weights.ts'
