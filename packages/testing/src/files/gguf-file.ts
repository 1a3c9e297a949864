import type { Tensor } from '../../../core/src/index.ts'

/** A value with its type's number in GGUF: 4 is uint32, 8 a string, 9 an array. */
export type TypedValue =
  | { readonly type: 4; readonly value: number }
  | { readonly type: 8; readonly value: string }
  | { readonly type: 9; readonly value: readonly TypedValue[] }

/** What a header says of a tensor, where a test wants it to say something else than the truth. */
export interface GgufEntry {
  readonly name: string
  /** As the file has them: the innermost axis first. */
  readonly extents: readonly number[]
  readonly type: number
  readonly offset: number
}

/** The parts of a file. */
export interface GgufParts {
  readonly version?: number
  readonly keys?: readonly (readonly [key: string, value: TypedValue])[]
  readonly entries?: readonly GgufEntry[]
  readonly data?: Uint8Array
  /** Where data starts, in multiples of bytes. */
  readonly alignment?: number
}

const numbers = { float32: 0, int8: 24, int32: 26 } as const

/** A GGUF file of these tensors, none of them uint8, which the format lacks. */
export function ggufFile(tensors: ReadonlyMap<string, Tensor>, keys: GgufParts['keys'] = []): Uint8Array {
  let offset = 0
  const chunks: Uint8Array[] = []
  const entries = [...tensors].map(([name, { shape, dtype, data }]): GgufEntry => {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    const entry = { name, extents: shape.toReversed(), type: dtype === 'uint8' ? -1 : numbers[dtype], offset }
    chunks.push(bytes, padding(bytes.length))
    offset += bytes.length + padding(bytes.length).length
    return entry
  })
  return ggufParts({ keys, entries, data: Buffer.concat(chunks) })
}

/** A file of these parts, whether they agree or not. */
export function ggufParts({
  version = 3,
  keys = [],
  entries = [],
  data = new Uint8Array(),
  alignment = 32,
}: GgufParts): Uint8Array {
  const header = Buffer.concat([
    Buffer.from('GGUF'),
    u32(version),
    u64(entries.length),
    u64(keys.length),
    ...keys.flatMap(([key, value]) => [text(key), u32(value.type), bytesOf(value)]),
    ...entries.flatMap(({ name, extents, type, offset }) => [
      text(name),
      u32(extents.length),
      ...extents.map(u64),
      u32(type),
      u64(offset),
    ]),
  ])
  return Uint8Array.from(Buffer.concat([header, padding(header.length, alignment), data]))
}

function bytesOf(typed: TypedValue): Uint8Array {
  if (typed.type === 4) return u32(typed.value)
  if (typed.type === 8) return text(typed.value)
  return Buffer.concat([u32(typed.value[0]?.type ?? 4), u64(typed.value.length), ...typed.value.map(bytesOf)])
}

const padding = (length: number, alignment = 32): Uint8Array =>
  new Uint8Array((alignment - (length % alignment)) % alignment)
const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer)
const u64 = (value: number): Uint8Array => new Uint8Array(BigUint64Array.of(BigInt(value)).buffer)
const text = (value: string): Uint8Array => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)])
