import { hasMagic, latin1 } from '../magic.ts'
import { type FileKind, other, readable } from './kind.ts'

/** Bytes that a kind of file has at a fixed place, one per character. */
interface Signature {
  readonly at?: number
  readonly magic: string
  readonly kind: FileKind
}

const image = (name: string): FileKind => other(name, 'pass a checkpoint here, and the picture to the classifier')
const archive = (name: string): FileKind => other(name, 'unpack it and pass the checkpoint inside')
const pytorch = 'export the model with torch.onnx.export, or save its state_dict with safetensors'

const signatures: readonly Signature[] = [
  { magic: '\x93NUMPY', kind: readable('npy') },
  { magic: '\x89HDF\r\n\x1a\n', kind: readable('hdf5') },
  { magic: 'GGUF', kind: readable('gguf') },
  { at: 4, magic: 'TFL3', kind: readable('tflite') },
  { magic: '\x89PNG\r\n\x1a\n', kind: image('a PNG picture') },
  { magic: '\xff\xd8\xff', kind: image('a JPEG picture') },
  { magic: 'GIF8', kind: image('a GIF picture') },
  { at: 8, magic: 'WEBP', kind: image('a WebP picture') },
  { magic: 'II*\0', kind: image('a TIFF picture') },
  { magic: 'MM\0*', kind: image('a TIFF picture') },
  { magic: '\0\0\0\x0cJXL ', kind: image('a JPEG XL picture') },
  { magic: '\0\0\x01\0', kind: image('an ICO picture') },
  { magic: '%PDF-', kind: other('a PDF document', 'pass a checkpoint') },
  {
    magic: '\x1f\x8b',
    kind: other('a gzip archive (.gz, .tar.gz)', 'unpack it (gunzip, tar -xzf) and pass the checkpoint inside'),
  },
  { magic: 'BZh', kind: archive('a bzip2 archive') },
  { magic: '\xfd7zXZ\0', kind: archive('an xz archive') },
  { magic: '\x28\xb5\x2f\xfd', kind: archive('a Zstandard archive') },
  { magic: '7z\xbc\xaf\x27\x1c', kind: archive('a 7z archive') },
  { magic: 'Rar!\x1a\x07', kind: archive('a RAR archive') },
  { at: 257, magic: 'ustar', kind: other('a tar archive', 'unpack it (tar -xf) and pass the checkpoint inside') },
  {
    at: 4,
    magic: 'ORTM',
    kind: other("an .ort file of ONNX Runtime's own", 'pass the .onnx file that it was made from'),
  },
  { at: 4, magic: 'ET12', kind: other('an ExecuTorch program (.pte)', pytorch) },
  { magic: '\0asm', kind: other('a WebAssembly module', 'pass a checkpoint') },
  // The number that torch.save wrote first, pickled, before it wrote zip archives.
  { magic: '\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19', kind: other('a PyTorch checkpoint (.pth, .pt)', pytorch) },
]

export const pytorchFile: FileKind = other('a PyTorch checkpoint (.pth, .pt)', pytorch)
export const torchScript: FileKind = other('a TorchScript archive (.pt)', pytorch)

/** The kind of a file that has its signature at a fixed place. */
export function kindBySignature(bytes: Uint8Array): FileKind | null {
  const found = signatures.find(({ at = 0, magic }) => hasMagic(bytes, at, magic))
  if (found) return found.kind
  if (hasMagic(bytes, 4, 'ftyp')) return kindOfMedia(latin1(bytes, 8, 4))
  if (hasMagic(bytes, 0, 'BM') && bitmapHeaders.has(bytes[14] ?? 0) && hasMagic(bytes, 15, '\0\0\0')) {
    return image('a BMP picture')
  }
  // Protocols 2 to 5 of pickle, which all begin with a frame, an empty container or a global.
  if (bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 0) <= 5 && hasMagic(bytes, bytes.length - 1, '.')) {
    return other('a Python pickle', pytorch)
  }
  // LevelDB's tables, of which the index of TensorFlow's checkpoints is one, end so.
  if (hasMagic(bytes, bytes.length - 8, '\x57\xfb\x80\x8b\x24\x75\x47\xdb')) {
    return other('the index of a TensorFlow checkpoint', 'export the model to TFLite or ONNX')
  }
  return null
}

/** Sizes of the headers that bitmaps have had. */
const bitmapHeaders: ReadonlySet<number> = new Set([12, 40, 52, 56, 64, 108, 124])

function kindOfMedia(brand: string): FileKind {
  if (brand === 'avif' || brand === 'avis') return image('an AVIF picture')
  return /^(hei|hev|mif1|msf1)/.test(brand) ? image('a HEIC picture') : other('a video', 'pass a checkpoint')
}
