import { basename, dirname } from 'node:path'
import { FormatError, type Model, type Size2 } from '@depthwise/core'
import {
  detectFormat,
  type Format,
  readKeras,
  readModel,
  readNpz,
  readOnnx,
  readSafetensors,
  readTFLite,
} from '@depthwise/formats'
import { withKnownMetadata } from '@depthwise/models'
import { readBytes } from '../files.ts'
import { about } from './about.ts'
import { buildFor } from './bare-weights.ts'
import { sha256 } from './fingerprint.ts'
import { readFolder } from './folder.ts'
import type { Part } from './part.ts'
import { readTfjsFolder } from './tfjs-folder.ts'

export const expectedCheckpoint =
  'a checkpoint (TFLite, ONNX, Keras, safetensors, npz, or a folder with manifest.json or model.json)'

type Reader = (bytes: Uint8Array, size: Size2 | undefined) => Model | Promise<Model>

/** How each format becomes a network; what a format is called where this version does not read it. */
const readers: Readonly<Record<Exclude<Format, 'manifest' | 'tfjs'>, Reader | string>> = {
  tflite: readTFLite,
  safetensors: (bytes, size) => buildFor('safetensors', readSafetensors(bytes), size),
  npz: (bytes, size) => buildFor('npz', { tensors: readNpz(bytes) }, size),
  depthwise: readModel,
  onnx: bytes => readOnnx(bytes),
  npy: 'a single array (.npy)',
  hdf5: readKerasFile,
  keras: readKerasFile,
}

/** The network that a file of Keras describes, or the one that its bare weights belong to. */
async function readKerasFile(bytes: Uint8Array, size: Size2 | undefined): Promise<Model> {
  const file = await readKeras(bytes, size ? { inputShape: [...size, 3] } : {})
  return file.model ?? buildFor('keras', file, size)
}

/**
 * Reads a network from a file, whatever it is called.
 * @param size of the input, for formats that leave it open
 * @param fallbackSize the same for bare weights, where `size` is not given
 * @throws FileError when it cannot be read, FormatError when it is no network, and the errors of its format
 */
export async function readModelFile(path: string, size?: Size2, fallbackSize?: Size2): Promise<Part> {
  const bytes = await readBytes(path, expectedCheckpoint)
  const format = detectFormat(bytes)
  if (format === 'manifest') return readFolder(dirname(path), size)
  if (format === 'tfjs') return readTfjsFolder(dirname(path), size, basename(path))
  const reader = format === null ? 'a file of another kind' : readers[format]
  if (typeof reader === 'string') throw new FormatError({ where: path, expected: expectedCheckpoint, found: reader })
  const model = await about(path, () => reader(bytes, size ?? fallbackSize))
  return { path, model: await withKnownMetadata(model, bytes), sha256: sha256(bytes), size: bytes.length }
}
