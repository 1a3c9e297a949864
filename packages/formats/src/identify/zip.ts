import { hasMagic } from '../magic.ts'
import { quote } from '../quote.ts'
import { readDirectory } from '../zip/directory.ts'
import { type FileKind, other, readable } from './kind.ts'
import { pytorchFile, torchScript } from './signatures.ts'

/** Files in an archive that are checkpoints, or the first file of one. */
const checkpoint =
  /\.(onnx|tflite|lite|h5|hdf5|keras|safetensors|npz|gguf|npy|pth?|pb|mlmodel)$|(^|\/)(model|manifest)\.json$/i

/** The kind of a zip archive by the names in it; null for bytes that start otherwise. */
export function kindOfZip(bytes: Uint8Array): FileKind | null {
  if (!hasMagic(bytes, 0, 'PK\x03\x04') && !hasMagic(bytes, 0, 'PK\x05\x06')) return null
  const names = namesIn(bytes)
  if (!names) return other('a zip archive that breaks off', 'download it again')
  if (names.some(name => name === 'config.json' || name.endsWith('.weights.h5'))) return readable('keras')
  if (names.length > 0 && names.every(name => name.endsWith('.npy'))) return readable('npz')
  if (names.some(name => /(^|\/)code\/.*\.py$|(^|\/)(bytecode|constants)\.pkl$/.test(name))) return torchScript
  if (names.some(name => /(^|\/)data\.pkl$/.test(name))) return pytorchFile
  const found = names.find(name => checkpoint.test(name))
  if (found !== undefined) {
    return other(`a zip archive that holds ${quote(found)}`, 'unpack it and pass that file')
  }
  const shown = names.slice(0, 3).map(quote).join(', ')
  const what =
    names.length === 0 ? 'an empty zip archive' : `a zip archive of ${shown}${names.length > 3 ? ', ...' : ''}`
  return other(what, 'pass a checkpoint')
}

function namesIn(bytes: Uint8Array): readonly string[] | null {
  try {
    const entries = readDirectory(bytes)
    return entries && [...entries.keys()]
  } catch {
    return null
  }
}
