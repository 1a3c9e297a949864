import { constants } from 'node:fs'
import { access, mkdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { exists, FileError, fileError, writeTogether } from 'depthwise/node'

export { writeTogether, writeWhole } from 'depthwise/node'

/** What every command that writes files takes. */
export interface WriteOptions {
  /** Replace files that exist. Default: they are an error. */
  readonly force?: boolean | undefined
}

const expectedFile = 'a file that can be written'

/**
 * Throws unless a file could be written there: asked before minutes of work, not after.
 * @throws FileError, also for a file that exists and may not be replaced
 */
export async function checkWritable(path: string, { force = false }: WriteOptions): Promise<void> {
  const entry = await stat(path).catch(() => null)
  if (entry?.isDirectory()) throw new FileError({ where: path, expected: expectedFile, found: 'a folder' })
  const folder = dirname(path)
  const denied: unknown = await access(entry ? path : folder, constants.W_OK).catch((error: unknown) => error)
  if (path === '' || denied !== undefined) {
    const missing = (denied as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
    if (missing) throw new FileError({ where: path || '""', expected: expectedFile, found: `no folder ${folder}` })
    throw fileError(path, expectedFile, denied ?? new Error('no name'))
  }
  if (!entry && !(await stat(folder)).isDirectory()) {
    throw new FileError({ where: path, expected: expectedFile, found: `${folder}, which is not a folder` })
  }
  if (entry?.isFile() && !force) throw taken(path)
}

/**
 * As `checkWritable`, for several files of a folder that need not exist. Nothing is created.
 * @throws FileError
 */
export async function checkFolder(
  path: string,
  files: readonly string[],
  { force = false }: WriteOptions,
): Promise<void> {
  const expected = 'a folder that can be written to'
  if (path === '') throw new FileError({ where: '""', expected, found: 'no name' })
  let standing = path
  while (!(await exists(standing)) && dirname(standing) !== standing) standing = dirname(standing)
  try {
    if (!(await stat(standing)).isDirectory()) throw new FileError({ where: path, expected, found: 'a file' })
    await access(standing, constants.W_OK)
  } catch (error) {
    throw error instanceof FileError ? error : fileError(path, expected, error)
  }
  for (const name of files) if (!force && (await exists(join(path, name)))) throw taken(join(path, name))
}

function taken(where: string): FileError {
  return new FileError({ where, expected: 'a file that does not exist yet, or --force to replace it', found: 'a file' })
}

/**
 * Writes several files of a folder, which is made where there is none, as `writeTogether` does.
 * @param files by name
 * @throws FileError, and then a folder that was made is gone again
 */
export async function writeAll(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  let made: string | undefined
  try {
    made = await mkdir(folder, { recursive: true })
    await writeTogether(new Map([...files].map(([name, bytes]) => [join(folder, name), bytes])))
  } catch (error) {
    if (made !== undefined) await rm(made, { recursive: true, force: true }).catch(() => {})
    throw error instanceof FileError ? error : fileError(folder, 'a folder that can be written to', error)
  }
}
