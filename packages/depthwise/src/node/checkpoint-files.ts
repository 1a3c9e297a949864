import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { CheckpointFiles } from '../checkpoint/files.ts'
import { expectedCheckpoint } from '../checkpoint/read.ts'
import { exists, look, readBytes } from './file-system.ts'
import { readOrigin } from './origin-record.ts'

/**
 * The files of a checkpoint on disk.
 * @param path of a file, which may keep others beside it, or of a folder
 * @throws FileError when nothing is there
 */
export async function filesAt(path: string): Promise<CheckpointFiles> {
  const isFolder = (await look(path, expectedCheckpoint)).isDirectory()
  const folder = isFolder ? path : dirname(path)
  const main = isFolder ? null : basename(path)
  const pathOf = (file: string): string => (file === main ? path : join(folder, file))
  return {
    name: path,
    main,
    where: pathOf,
    has: file => exists(pathOf(file)),
    read: (file, expected) => readBytes(pathOf(file), expected),
    list: () => readdir(folder).catch((): string[] => []),
    record: sha256 => (main === null ? Promise.resolve(undefined) : readOrigin(path, sha256)),
  }
}
