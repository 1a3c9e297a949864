import { access, readFile, stat } from 'node:fs/promises'
import { DepthwiseError } from '@depthwise/core'

/** A file or folder that cannot be read or written. `where` is its path as the caller gave it. */
export class FileError extends DepthwiseError {
  override readonly name: string = 'FileError'
}

/** Largest file that is read: far above any MobileNet or photo, low enough to fit beside what is made of it. */
export const maxFileBytes: number = 2 ** 30

/** System errors in words. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'a path through something that is not a folder',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EISDIR: 'a folder',
  EEXIST: 'a file',
  ENOSPC: 'no space left on the device',
  EROFS: 'a read-only file system',
  ENAMETOOLONG: 'a name that is too long',
  ELOOP: 'a link that leads to itself',
}

/** The `FileError` for a system error. */
export function fileError(path: string, expected: string, error: unknown): FileError {
  const { code = '', message } = error as NodeJS.ErrnoException
  return new FileError({ where: path || '""', expected, found: reasons[code] ?? message, cause: error })
}

/** Whether anything stands at a path that can be looked at. */
export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** The part of Node's `Stats` that is used, so that our types need none of Node's. */
export interface Entry {
  isFile(): boolean
  isDirectory(): boolean
  isFIFO(): boolean
  readonly size: number
}

/**
 * What stands at a path.
 * @param expected in words, for the error
 * @throws FileError when nothing does
 */
export async function look(path: string, expected: string): Promise<Entry> {
  try {
    return await stat(path)
  } catch (error) {
    throw fileError(path, expected, error)
  }
}

/**
 * All bytes of a file, or of a pipe; never of a device, which may have no end.
 * @param expected in words, for the error
 * @throws FileError when it is not there, not a file, empty or too large
 */
export async function readBytes(path: string, expected: string): Promise<Uint8Array> {
  const entry = await look(path, expected)
  const wrong = (found: string): FileError => new FileError({ where: path, expected, found })
  if (entry.isDirectory()) throw wrong('a folder')
  if (!entry.isFile() && !entry.isFIFO()) throw wrong('a device')
  if (entry.size > maxFileBytes) throw wrong(`${entry.size} bytes, more than ${maxFileBytes}`)
  const buffer = await readFile(path).catch((error: unknown) => {
    throw fileError(path, expected, error)
  })
  if (buffer.length === 0) throw wrong('an empty file')
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
}
