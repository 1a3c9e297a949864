import { type BytesLike, FormatError, toBytes } from '@depthwise/core'
import { kindByHeader } from './header.ts'
import { type FileIdentity, type FileKind, type Format, other } from './kind.ts'
import { kindOfProtobuf } from './messages.ts'
import { kindBySignature } from './signatures.ts'
import { kindOfText } from './text.ts'
import { kindOfZip } from './zip.ts'

/** What the bytes of a file are; null for what is not recognised. */
export function kindOf(bytes: Uint8Array): FileKind | null {
  if (bytes.length === 0) return other('an empty file', 'download or copy it again')
  return kindBySignature(bytes) ?? kindOfZip(bytes) ?? kindByHeader(bytes) ?? kindOfText(bytes) ?? kindOfProtobuf(bytes)
}

/**
 * Says what a file is, for error messages: a checkpoint of one of the formats here, or what else is passed by mistake (an
 * HTML page, a Git LFS pointer, an archive, a picture, a checkpoint of PyTorch or TensorFlow) and what to do about it.
 * @returns null for bytes of none of the known kinds
 */
export function identifyFile(bytes: BytesLike): FileIdentity | null {
  const kind = kindOf(toBytes(bytes))
  return kind && { what: kind.what, advice: kind.advice }
}

/**
 * Refuses a file that is recognisably of another kind. Readers call it once their own signature is not there.
 * @throws FormatError that says what was found instead of `expected`, and what to do
 */
export function refuseOtherKinds(bytes: Uint8Array, where: string, expected: string, formats: readonly Format[]): void {
  const kind = kindOf(bytes)
  if (kind === null || (kind.format && formats.includes(kind.format))) return
  throw new FormatError({ where, expected, found: `${kind.what}: ${kind.advice}` })
}
