import { isObject, type JsonObject } from './json.ts'
import { peekMetadata } from './safetensors/header.ts'
import { decodeStrictly } from './text.ts'
import { Archive } from './zip/archive.ts'

/**
 * What a file is. `depthwise`: our own saved form. `keras`: a zip of Keras 3 (`.keras`, or `.weights.h5` in one). `hdf5`: an
 * `.h5` file. `tfjs` and `manifest` are the JSON file of a folder.
 */
export type Format =
  | 'tflite'
  | 'onnx'
  | 'safetensors'
  | 'depthwise'
  | 'npy'
  | 'npz'
  | 'hdf5'
  | 'keras'
  | 'tfjs'
  | 'manifest'

/**
 * Tells a file's format from its bytes, never from its name. It looks at magic numbers, and at the structure of the formats
 * that have none (ONNX, safetensors, JSON); whether the file is sound is the reader's to say.
 * @returns null for bytes of none of them
 */
export function detectFormat(bytes: Uint8Array): Format | null {
  if (startsWith(bytes, '\x93NUMPY')) return 'npy'
  if (startsWith(bytes, '\x89HDF\r\n\x1a\n')) return 'hdf5'
  if (startsWith(bytes.subarray(4), 'TFL3')) return 'tflite'
  if (startsWith(bytes, 'PK\x03\x04')) return detectArchive(bytes)
  return detectSafetensors(bytes) ?? detectJson(bytes) ?? (isOnnx(bytes) ? 'onnx' : null)
}

function startsWith(bytes: Uint8Array, magic: string): boolean {
  return String.fromCharCode(...bytes.subarray(0, magic.length)) === magic
}

function detectArchive(bytes: Uint8Array): Format | null {
  try {
    const names = Archive.open(bytes)?.names ?? []
    if (names.some(name => name === 'config.json' || name.endsWith('.weights.h5'))) return 'keras'
    return names.length > 0 && names.every(name => name.endsWith('.npy')) ? 'npz' : null
  } catch {
    return null
  }
}

function detectSafetensors(bytes: Uint8Array): Format | null {
  const metadata = peekMetadata(bytes)
  if (metadata === null) return null
  return Object.keys(metadata).some(key => key.startsWith('depthwise')) ? 'depthwise' : 'safetensors'
}

function detectJson(bytes: Uint8Array): Format | null {
  // White space and a byte order mark may stand first.
  const first = bytes.findIndex(byte => ![0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf].includes(byte))
  if (bytes[first] !== 0x7b) return null
  const json = parse(decodeStrictly(bytes))
  if (!isObject(json)) return null
  if ('modelTopology' in json || 'weightsManifest' in json) return 'tfjs'
  return isManifest(json) ? 'manifest' : null
}

function isManifest({ layers }: JsonObject): boolean {
  return Array.isArray(layers) && isObject(layers[0]) && 'weight' in layers[0] && 'bias' in layers[0]
}

function parse(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text)
  } catch {
    return null
  }
}

/** Wire types of ModelProto's fields, by number (onnx.proto): 0 varint, 2 bytes. Its graph is field 7. */
const modelFields: Readonly<Record<number, number>> = {
  1: 0,
  2: 2,
  3: 2,
  4: 2,
  5: 0,
  6: 2,
  7: 2,
  8: 2,
  14: 2,
  20: 2,
  25: 2,
  26: 2,
}

/** Whether the bytes run as a ModelProto does, in fields of its own, up to a graph that fits the file. */
function isOnnx(bytes: Uint8Array): boolean {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 0; shift < 49; shift += 7) {
      const byte = bytes[at]
      if (byte === undefined) return Number.NaN
      at += 1
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
    return Number.NaN
  }
  while (at < bytes.length) {
    const tag = varint()
    if (modelFields[Math.floor(tag / 8)] !== tag % 8) return false
    const value = varint()
    if (Number.isNaN(value)) return false
    if (tag % 8 === 2) at += value
    if (at > bytes.length) return false
    if (Math.floor(tag / 8) === 7) return true
  }
  return false
}
