import { basename, dirname } from 'node:path'
import { FormatError, type Size2 } from '@depthwise/core'
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
import { instead } from '../found.ts'
import { about } from './about.ts'
import { buildFor } from './bare-weights.ts'
import { sha256 } from './fingerprint.ts'
import { readFolder } from './folder.ts'
import { type Origin, originOf, withOrigin } from './origin.ts'
import type { Part, Reading } from './part.ts'
import type { SizeOptions } from './size.ts'
import { readTfjsFolder } from './tfjs-folder.ts'

export const expectedCheckpoint =
  'a checkpoint (TFLite, ONNX, Keras, safetensors, npz, or a folder with manifest.json or model.json)'

type Reader = (bytes: Uint8Array, size: Size2 | undefined, origin: Origin | undefined) => Reading | Promise<Reading>

/** How each format becomes a network; what a format is called where this version does not read it. */
const readers: Readonly<Record<Exclude<Format, 'manifest' | 'tfjs'>, Reader | string>> = {
  tflite: bytes => ({ model: readTFLite(bytes) }),
  safetensors: (bytes, size, origin) => buildFor('safetensors', readSafetensors(bytes), size, origin),
  npz: (bytes, size, origin) => buildFor('npz', { tensors: readNpz(bytes) }, size, origin),
  depthwise: bytes => ({ model: readModel(bytes) }),
  onnx: bytes => ({ model: readOnnx(bytes) }),
  npy: 'a single array (.npy)',
  hdf5: readKerasFile,
  keras: readKerasFile,
}

/** The network that a file of Keras describes, or the one that its bare weights belong to. */
async function readKerasFile(bytes: Uint8Array, size?: Size2, origin?: Origin): Promise<Reading> {
  const file = await readKeras(bytes, size ? { inputShape: [...size, 3] } : {})
  return file.model ? { model: file.model } : buildFor('keras', file, size, origin)
}

/**
 * Reads a network from a file, whatever it is called.
 * @param options size of the input, for files that leave it open
 * @throws FileError when it cannot be read, FormatError when it is no network, and the errors of its format
 */
export async function readModelFile(path: string, options: SizeOptions = {}): Promise<Part> {
  const size = options.size ?? options.fallbackSize
  const bytes = await readBytes(path, expectedCheckpoint)
  const format = detectFormat(bytes)
  if (format === 'manifest') return readFolder(dirname(path), options)
  if (format === 'tfjs') return readTfjsFolder(dirname(path), size, basename(path))
  const reader = format === null ? instead(bytes) : readers[format]
  if (typeof reader === 'string') throw new FormatError({ where: path, expected: expectedCheckpoint, found: reader })
  const sum = sha256(bytes)
  const origin = await originOf(path, sum)
  const read = await about(path, () => reader(bytes, size, origin))
  const known = await withKnownMetadata(read.model, bytes)
  const model = { ...known, metadata: withOrigin(known.metadata, origin) }
  return { ...read, path, model, sha256: sum, size: bytes.length }
}
