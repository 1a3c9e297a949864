import type { BytesLike } from '@depthwise/core'
import { toBytes } from '@depthwise/core/backend'
import { refuseOthers } from '../identify/index.ts'
import { startsHeader } from '../magic.ts'
import { decodeSafetensors, type Safetensors } from './decode.ts'

export type { Safetensors } from './decode.ts'

/**
 * Reads a safetensors file. F32, F16, BF16 and F64 become float32 (halves exactly, doubles rounded), BOOL becomes uint8, all
 * integers but single bytes int32. Names, shapes and layouts are left as they are: what they mean is for the caller to know.
 * @throws FormatError naming the tensor and field: a header that is too long, no JSON or has a key twice; offsets that
 * overlap, leave holes or do not fit shape and dtype; empty tensors; values their dtype cannot hold
 */
export function readSafetensors(source: BytesLike): Safetensors {
  const bytes = toBytes(source)
  if (!startsHeader(bytes)) refuseOthers(bytes, 'safetensors', 'a safetensors file', ['safetensors', 'depthwise'])
  return decodeSafetensors(bytes)
}
