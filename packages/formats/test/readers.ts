import type { BytesLike } from '@depthwise/core'
import {
  detectFormat,
  externalDataFiles,
  type Format,
  hasKerasModel,
  identifyFile,
  readGguf,
  readKeras,
  readKerasWeights,
  readModel,
  readNpy,
  readNpz,
  readOnnx,
  readSafetensors,
  readTFLite,
  readTfjs,
} from '../src/index.ts'
import { readManifestNetwork } from './manifest-network.ts'

/** A public function that takes bytes, and the formats it reads; null for those that take any. */
export interface Reader {
  readonly formats: readonly Format[] | null
  readonly read: (bytes: BytesLike) => unknown
}

/** Every public function that takes bytes. */
export const readers: Readonly<Record<string, Reader>> = {
  detectFormat: { formats: null, read: detectFormat },
  identifyFile: { formats: null, read: identifyFile },
  externalDataFiles: { formats: ['onnx'], read: externalDataFiles },
  readOnnx: { formats: ['onnx'], read: bytes => readOnnx(bytes) },
  readTFLite: { formats: ['tflite'], read: readTFLite },
  readKeras: { formats: ['hdf5', 'keras'], read: bytes => readKeras(bytes) },
  readKerasWeights: { formats: ['hdf5', 'keras'], read: readKerasWeights },
  hasKerasModel: { formats: ['hdf5', 'keras'], read: hasKerasModel },
  readTfjs: { formats: ['tfjs'], read: bytes => readTfjs(async () => bytes) },
  readManifest: { formats: ['manifest'], read: bytes => readManifestNetwork(async () => bytes) },
  readSafetensors: { formats: ['safetensors', 'depthwise'], read: readSafetensors },
  readModel: { formats: ['depthwise'], read: readModel },
  readGguf: { formats: ['gguf'], read: readGguf },
  readNpy: { formats: ['npy'], read: readNpy },
  readNpz: { formats: ['npz'], read: bytes => readNpz(bytes) },
}
