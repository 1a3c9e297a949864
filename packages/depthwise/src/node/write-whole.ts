import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { exists, fileError } from './file-system.ts'

const expectedFile = 'a file that can be written'

/**
 * Writes a file whole or not at all: beside its place first, then moved there, so that no reader and no crash ever sees
 * half of it. Devices and pipes are written to directly.
 * @throws FileError
 */
export function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  return writeTogether(new Map([[path, bytes]]))
}

/**
 * As `writeWhole`, several files: none takes its place before all of them are written. Where one cannot, those that are new
 * are removed again.
 * @param files by path; they take their places in this order
 * @throws FileError
 */
export async function writeTogether(files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const undo: string[] = []
  let path = ''
  try {
    const moves: [from: string, to: string][] = []
    for (const [index, [each, bytes]] of [...files].entries()) {
      path = each
      const target = await realpath(path).catch(() => path)
      const entry = await stat(target).catch(() => null)
      if (entry && !entry.isFile()) {
        await writeFile(target, bytes)
        continue
      }
      const partial = join(dirname(target), `.depthwise-${process.pid}-${Date.now().toString(36)}-${index}.partial`)
      const file = await open(partial, 'wx')
      undo.push(partial)
      moves.push([partial, target])
      try {
        await file.writeFile(bytes)
      } finally {
        await file.close()
      }
    }
    for (const [from, to] of moves) {
      path = to
      const fresh = !(await exists(to))
      await rename(from, to)
      if (fresh) undo.push(to)
    }
  } catch (error) {
    for (const left of undo) await rm(left, { force: true }).catch(() => {})
    throw fileError(path, expectedFile, error)
  }
}
