import { constants, type Stats } from 'node:fs'
import { access, mkdir, mkdtemp, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FileError } from './failure.ts'

/** Largest file that is read: far above any MobileNet or photo, low enough to fit beside what is made of it. */
export const maxFileBytes: number = 2 ** 30

/** System errors in words. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'a path through something that is not a folder',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EISDIR: 'a folder',
  ENOSPC: 'no space left on the device',
  EROFS: 'a read-only file system',
  ENAMETOOLONG: 'a name that is too long',
  ELOOP: 'a link that leads to itself',
}

/** A system error as ours, about `path`. */
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

/**
 * What stands at a path.
 * @param expected in words, for the error
 * @throws FileError when nothing does
 */
export async function look(path: string, expected: string): Promise<Stats> {
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

/**
 * Throws unless a file could be written there: asked before minutes of work, not after.
 * @throws FileError
 */
export async function checkWritable(path: string): Promise<void> {
  const expected = 'a file that can be written'
  const entry = await stat(path).catch(() => null)
  if (entry?.isDirectory()) throw new FileError({ where: path, expected, found: 'a folder' })
  const folder = dirname(path)
  const { found } = await access(entry ? path : folder, constants.W_OK).then(
    () => ({ found: undefined }),
    (error: unknown) => ({ found: error }),
  )
  if (path === '' || found !== undefined) {
    const missing = (found as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
    if (missing) throw new FileError({ where: path || '""', expected, found: `no folder ${folder}` })
    throw fileError(path, expected, found ?? new Error('no name'))
  }
  if (!entry && !(await stat(folder)).isDirectory()) {
    throw new FileError({ where: path, expected, found: `${folder}, which is not a folder` })
  }
}

/**
 * Writes a file whole or not at all: beside its place first, then moved there, so that no reader and no crash ever sees
 * half of it. Devices and pipes are written to directly.
 * @throws FileError
 */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const target = await realpath(path).catch(() => path)
  const entry = await stat(target).catch(() => null)
  const partial = join(dirname(target), `.depthwise-${process.pid}-${Date.now().toString(36)}.partial`)
  try {
    if (entry && !entry.isFile()) return await writeFile(target, bytes)
    const file = await open(partial, 'wx')
    try {
      await file.writeFile(bytes)
    } finally {
      await file.close()
    }
    await rename(partial, target)
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {})
    throw fileError(path, 'a file that can be written', error)
  }
}

/**
 * Makes a folder that files can be written to, unless it is there: asked before minutes of work, not after.
 * @throws FileError
 */
export async function prepareFolder(path: string): Promise<void> {
  const expected = 'a folder that can be written to'
  if (path === '') throw new FileError({ where: '""', expected, found: 'no name' })
  try {
    await mkdir(path, { recursive: true })
    await access(path, constants.W_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw new FileError({ where: path, expected, found: 'a file', cause: error })
    throw fileError(path, expected, error)
  }
}

/**
 * Writes several files of a folder, whole: nothing takes its place before all of them are written, and whatever fails,
 * none is left half.
 * @param files by name; they take their places in this order
 * @throws FileError
 */
export async function writeAll(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  let aside: string | undefined
  try {
    aside = await mkdtemp(join(folder, '.depthwise-'))
    for (const [name, bytes] of files) await writeFile(join(aside, name), bytes)
    for (const name of files.keys()) await rename(join(aside, name), join(folder, name))
  } catch (error) {
    throw fileError(folder, 'a folder that can be written to', error)
  } finally {
    if (aside !== undefined) await rm(aside, { recursive: true, force: true }).catch(() => {})
  }
}
