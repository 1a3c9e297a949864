import { detectFormat, identifyFile } from '@depthwise/formats'

/** What a file is that is no image: a checkpoint, most of all, that was passed in the place of one. */
export function insteadOfImage(bytes: Uint8Array): string {
  const { what } = identifyFile(bytes) ?? { what: 'a file of another kind' }
  const format = detectFormat(bytes)
  return format === null || format === 'npy' ? what : `${what}: pass it as the checkpoint`
}
