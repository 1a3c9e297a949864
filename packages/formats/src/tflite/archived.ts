import { Archive } from '../zip/archive.ts'

/** Lists of labels take tens of kilobytes; nothing larger is unpacked. */
const largestFile = 2 ** 20

/**
 * One file of the zip archive that TFLite Metadata appends to the flatbuffer; null where there is no archive, or no such
 * file in it.
 * @throws FormatError for an archive that contradicts itself, or a file over 1 MiB
 */
export function readArchived(bytes: Uint8Array, name: string): Uint8Array | null {
  return Archive.open(bytes)?.extract(name, largestFile) ?? null
}
