import { type BytesLike, type Tensor, toBytes } from '@depthwise/core'
import { decodeElements } from '../elements.ts'
import { startsHeader } from '../identify/header.ts'
import { refuseOthers } from '../identify/index.ts'
import { label, readHeader } from './header.ts'

/** What a safetensors file holds. */
export interface Safetensors {
  /** By name, in the order of the header. */
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * Reads a safetensors file. F32, F16, BF16 and F64 become float32 (halves exactly, doubles rounded), BOOL becomes uint8, all
 * integers but single bytes int32. Names, shapes and layouts are left as they are: `weightsOf` knows what they mean.
 * @throws FormatError naming the tensor and field: a header that is too long, no JSON or has a key twice; offsets that
 * overlap, leave holes or do not fit shape and dtype; empty tensors; values their dtype cannot hold
 */
export function readSafetensors(source: BytesLike): Safetensors {
  const bytes = toBytes(source)
  if (!startsHeader(bytes)) refuseOthers(bytes, 'safetensors', 'a safetensors file', ['safetensors', 'depthwise'])
  const { metadata, tensors } = readHeader(bytes)
  const decoded = tensors.map(({ name, type, shape, begin, end }): [string, Tensor] => [
    name,
    decodeElements(bytes.subarray(begin, end), type, shape, label(name)),
  ])
  return { tensors: new Map(decoded), metadata }
}
