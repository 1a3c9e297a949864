import { FormatError } from '@depthwise/core'
import { readBytes } from './files.ts'

/**
 * Class names for a network of so many classes: the caller's file, else what the checkpoint brings, else ImageNet's where
 * the count is ImageNet's, else none: classes then go by their indices.
 * @throws FileError or FormatError about the caller's file
 */
export async function resolveLabels(
  classes: number,
  file: string | undefined,
  brought: readonly string[] | undefined,
): Promise<readonly string[] | undefined> {
  if (file !== undefined) return readLabels(file, classes)
  if (brought?.length === classes) return brought
  if (classes === 1000) return (await import('@depthwise/models/labels')).imagenetLabels1000
  if (classes === 1001) return (await import('@depthwise/models/labels')).imagenetLabels1001
  return undefined
}

/**
 * A text file of class names, one a line, in the order of the outputs.
 * @throws FileError when it cannot be read, FormatError when it is not text or has another number of lines
 */
export async function readLabels(path: string, classes: number): Promise<readonly string[]> {
  const expected = `${classes} labels, one a line`
  const bytes = await readBytes(path, expected)
  const lines = decode(bytes, path, expected).split(/\r?\n/)
  const labels = (lines.at(-1) === '' ? lines.slice(0, -1) : lines).map(line => line.trim())
  if (labels.length !== classes) throw new FormatError({ where: path, expected, found: `${labels.length}` })
  return labels
}

function decode(bytes: Uint8Array, where: string, expected: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new FormatError({ where, expected, found: 'bytes that are not UTF-8 text', cause })
  }
}
