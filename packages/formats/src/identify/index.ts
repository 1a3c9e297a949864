import { type BytesLike, FormatError } from '@depthwise/core'
import { toBytes } from '@depthwise/core/backend'
import { kindByHeader } from './header.ts'
import { type FileIdentity, type FileKind, type Format, other } from './kind.ts'
import { kindOfProtobuf } from './messages.ts'
import { kindBySignature } from './signatures.ts'
import { kindOfText, plainJson } from './text.ts'
import { kindOfZip } from './zip.ts'

/** What the bytes of a file are; null for what is not recognised. */
export function kindOf(bytes: Uint8Array): FileKind | null {
  if (bytes.length === 0) return other('an empty file', 'download or copy it again')
  return kindBySignature(bytes) ?? kindOfZip(bytes) ?? kindByHeader(bytes) ?? kindOfText(bytes) ?? kindOfProtobuf(bytes)
}

/**
 * Says what a file is, for error messages: a checkpoint of one of the formats here, or what else is passed by mistake (an
 * HTML page, a Git LFS pointer, an archive, an image, a checkpoint of PyTorch or TensorFlow) and what to do about it.
 * @returns null for bytes of none of the known kinds
 */
export function identifyFile(bytes: BytesLike): FileIdentity | null {
  const kind = kindOf(toBytes(bytes))
  return kind && { what: kind.what, advice: kind.advice }
}

/**
 * Throws for a file that a reader does not support. Readers call it when they do not find their own signature.
 * @throws FormatError that says what the file is instead of `expected`, and what to do
 */
export function refuse(bytes: Uint8Array, where: string, expected: string): never {
  const kind = kindOf(bytes)
  const found = kind ? `${kind.what}: ${kind.advice}` : 'bytes of no known kind'
  throw new FormatError({ where, expected, found })
}

/**
 * Throws for a file that is recognised as another kind. For readers whose formats have no signature.
 * @throws FormatError that says what the file is instead of `expected`, and what to do
 */
export function refuseOthers(bytes: Uint8Array, where: string, expected: string, formats: readonly Format[]): void {
  const kind = kindOf(bytes)
  if (kind !== null && !formats.some(format => format === kind.format)) refuse(bytes, where, expected)
}

/** `refuseOthers` for readers of a folder's JSON file, which say themselves what JSON of no known kind lacks. */
export function refuseOtherFolders(bytes: Uint8Array, where: string, expected: string, format: Format): void {
  const kind = kindOf(bytes)
  if (kind !== null && kind !== plainJson && kind.format !== format) refuse(bytes, where, expected)
}

/** Throws for a file that is recognisably no JSON; the kind of JSON does not matter. */
export function refuseWithoutJson(bytes: Uint8Array, where: string): void {
  const first = bytes.find(byte => ![0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf].includes(byte))
  if (first !== 0x7b && first !== 0x5b) refuseOthers(bytes, where, 'JSON', [])
}
