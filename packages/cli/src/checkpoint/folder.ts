import { access } from 'node:fs/promises'
import { isAbsolute, join, normalize, sep } from 'node:path'
import { FormatError } from '@depthwise/core'
import { readManifest } from '@depthwise/formats'
import { readBytes } from '../files.ts'
import { about } from './about.ts'
import { sha256, sha256OfFolder } from './fingerprint.ts'
import type { Part } from './part.ts'

/**
 * Reads a folder with a `manifest.json`, and of the folder only the files the manifest names.
 * @throws FileError or FormatError naming the file
 */
export async function readFolder(path: string): Promise<Part> {
  if (!(await exists(join(path, 'manifest.json')))) {
    throw new FormatError({ where: path, expected: 'a folder with manifest.json', found: 'one without' })
  }
  const hashes = new Map<string, string>()
  let size = 0
  const read = async (file: string): Promise<Uint8Array> => {
    if (leavesFolder(file)) {
      throw new FormatError({ where: join(path, 'manifest.json'), expected: 'files of its own folder', found: file })
    }
    const bytes = await readBytes(join(path, file), `a file of the checkpoint ${path}`)
    hashes.set(file, sha256(bytes))
    size += bytes.length
    return bytes
  }
  const model = await about(path, () => readManifest(read))
  return { path, model, sha256: sha256OfFolder(hashes), size }
}

/** A manifest comes from anywhere: it must not make us read files of ours. */
const leavesFolder = (file: string): boolean => isAbsolute(file) || normalize(file).split(sep)[0] === '..'

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
