import { detectFormat, identifyFile } from '@depthwise/formats'

const unknown = 'a file of another kind'

/** What a file is that is no checkpoint, and what to do about it, for the `found` of an error. */
export function instead(bytes: Uint8Array): string {
  const identity = identifyFile(bytes)
  return identity ? `${identity.what}: ${identity.advice}` : unknown
}

/** The same of a file that is no picture: a checkpoint, most of all, that was passed in the place of one. */
export function insteadOfPicture(bytes: Uint8Array): string {
  const { what } = identifyFile(bytes) ?? { what: unknown }
  const format = detectFormat(bytes)
  return format === null || format === 'npy' ? what : `${what}: pass checkpoints with --checkpoint`
}
