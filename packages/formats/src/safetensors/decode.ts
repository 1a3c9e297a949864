import type { Tensor } from '@depthwise/core'
import { decodeElements } from '../elements.ts'
import { label, readHeader } from './header.ts'

/** What a safetensors file holds. */
export interface Safetensors {
  /** By name, in the order of the header. */
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly metadata: Readonly<Record<string, string>>
}

/** The tensors of a file that begins as safetensors do. */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const { metadata, tensors } = readHeader(bytes)
  const decoded = tensors.map(({ name, type, shape, begin, end }): [string, Tensor] => [
    name,
    decodeElements(bytes.subarray(begin, end), type, shape, label(name)),
  ])
  return { tensors: new Map(decoded), metadata }
}
