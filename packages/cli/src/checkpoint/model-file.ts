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
import { readExternalData } from './external-data.ts'
import { sha256 } from './fingerprint.ts'
import { readFolder } from './folder.ts'
import { architectureBeside, describedBy, isArchitecture, readKerasPair } from './keras-pair.ts'
import { sized, sizedBy } from './open-size.ts'
import { type Origin, originOf, withOrigin } from './origin.ts'
import type { Part, Reading } from './part.ts'
import type { SizeOptions } from './size.ts'
import { readTfjsFolder } from './tfjs-folder.ts'

export const expectedCheckpoint =
  'a checkpoint (TFLite, ONNX, Keras, safetensors, npz, or a folder with manifest.json or model.json)'

/** What a reader knows besides the bytes. */
interface Surroundings {
  readonly path: string
  readonly size: Size2 | undefined
  readonly origin: Origin | undefined
}

type Reader = (bytes: Uint8Array, surroundings: Surroundings) => Reading | Promise<Reading>

/** How each format becomes a network; what a format is called where this version does not read it. */
const readers: Readonly<Record<Exclude<Format, 'manifest' | 'tfjs'>, Reader | string>> = {
  tflite: (bytes, { size }) => ({ model: readTFLite(bytes, { inputShapes: sizedBy(size) }) }),
  safetensors: (bytes, { size, origin }) => buildFor('safetensors', readSafetensors(bytes), size, origin),
  npz: (bytes, { size, origin }) => buildFor('npz', { tensors: readNpz(bytes) }, size, origin),
  depthwise: bytes => ({ model: readModel(bytes) }),
  onnx: readOnnxFile,
  npy: 'a single array (.npy)',
  hdf5: readKerasFile,
  keras: readKerasFile,
}

async function readOnnxFile(bytes: Uint8Array, { path, size }: Surroundings): Promise<Reading> {
  const externalData = await readExternalData(path, bytes)
  const model = readOnnx(bytes, { externalData, inputShapes: sizedBy(size) })
  return { model, besides: [...externalData.values()].reduce((sum, { length }) => sum + length, 0) }
}

/** The network that a file of Keras describes, or the one that its bare weights belong to. */
async function readKerasFile(bytes: Uint8Array, { path, size, origin }: Surroundings): Promise<Reading> {
  const file = await readKeras(bytes, size ? { inputShape: [...size, 3] } : {})
  if (file.model) return { model: file.model }
  const beside = await architectureBeside(path)
  if (beside) return { model: await describedBy(beside.path, beside.bytes, bytes, size), besides: beside.bytes.length }
  return buildFor('keras', file, size, origin)
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
  if (format === null && isArchitecture(bytes)) return readKerasPair(path, bytes, size)
  const reader = format === null ? instead(bytes) : readers[format]
  if (typeof reader === 'string') throw new FormatError({ where: path, expected: expectedCheckpoint, found: reader })
  const sum = sha256(bytes)
  const origin = await originOf(path, sum)
  const read = await about(path, () => sized(path, size, () => reader(bytes, { path, size, origin })))
  const known = await withKnownMetadata(read.model, bytes)
  const model = { ...known, metadata: withOrigin(known.metadata, origin) }
  return { ...read, path, model, sha256: sum, size: bytes.length + (read.besides ?? 0) }
}
