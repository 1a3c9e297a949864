import { createHash } from 'node:crypto'
import type { DType, Model, Tensor } from '../../core/src/index.ts'
import { readTFLite } from '../../formats/src/index.ts'
import { readGolden } from './recordings.ts'
import { sharedBytes } from './shared-folder.ts'
import { field, parseTable } from './tables.ts'

/** The photos on which LiteRT's tensors were recorded. */
export const litertPhotos = ['bird', 'burger', 'cat', 'dragonfly', 'grace_hopper', 'parrot'] as const

const files = {
  'mobilenet_v1_0.25_128_quant': { input: '128.u8' },
  'mobilenet_v1_0.25_224_quant': { input: '224.u8' },
  'mobilenet_v1_1.0_224_quant_embedding_extractor': { input: '224.u8' },
  'mobilenet_v2_1.0_224_quant': { input: '224.u8' },
  'tf2_mobilenet_v2_1.0_224_ptq': { input: '224.ptq' },
  vww_96_int8: { folder: 'visual_wake_words/', input: '96.i8' },
} as const

/** A quantized network of which LiteRT's bytes are recorded, every computed tensor by its hash. */
export type LitertNetwork = keyof typeof files

/** Every one of them. */
export const litertNetworks = Object.keys(files) as readonly LitertNetwork[]

/** The network as its file stores it, in integers. */
export function readLitertNetwork(net: LitertNetwork): Promise<Model> {
  const { folder = '' } = files[net] as { readonly folder?: string }
  return readTFLite(sharedBytes(`checkpoints/${folder}${net}.tflite`), { arithmetic: 'integer' })
}

/** What one operator computed. */
export interface RecordedTensor {
  /** The name that the file gives it. */
  readonly name: string
  readonly operator: string
  readonly dtype: DType
  readonly hash: string
}

/** What LiteRT computed of one photo. */
export interface LitertRun {
  readonly input: Tensor
  readonly output: Tensor
  readonly tensors: readonly RecordedTensor[]
}

/** A recorded run, after a look at the hash of its input. */
export function readLitertRun(net: LitertNetwork, photo: (typeof litertPhotos)[number]): LitertRun {
  const input = readGolden(`golden/litert/${photo}.${files[net].input}.input.npy`)
  const rows = table().filter(row => field(row, 'net') === net && field(row, 'photo') === photo)
  if (rows.some(row => field(row, 'input_sha256_16') !== hashOf(input).slice(0, 16))) {
    throw new Error(`${net}, ${photo}: the tensors were recorded of another input`)
  }
  const tensors = rows.map(row => ({
    name: field(row, 'name'),
    operator: field(row, 'operator'),
    dtype: field(row, 'dtype') as DType,
    hash: field(row, 'sha256_32'),
  }))
  return { input, output: readGolden(`golden/litert/${net}.${photo}.output.npy`), tensors }
}

/** SHA-256 of the bytes of a tensor in row-major order, its first 32 hexadecimal digits: the hash of the recordings. */
export function hashOf({ data }: Tensor): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32)
}

let rows: ReturnType<typeof parseTable> | undefined

function table(): ReturnType<typeof parseTable> {
  const file = 'golden/litert/tensors.csv'
  rows ??= parseTable(new TextDecoder().decode(sharedBytes(file)), file)
  return rows
}
