import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { FormatError, type Size2 } from '@depthwise/core'
import { readManifest } from '@depthwise/formats'
import { withKnownMetadata } from '@depthwise/models'
import { exists, readBytes } from '../files.ts'
import { about } from './about.ts'
import { sha256 } from './fingerprint.ts'
import type { Part } from './part.ts'
import { readTfjsFolder } from './tfjs-folder.ts'

const manifestName = 'manifest.json'
const modelName = 'model.json'

/**
 * Reads a folder with a `manifest.json`, or with TensorFlow.js' `model.json`, and of the folder only the files that names.
 * @param size of the input, which a manifest leaves open
 * @throws FileError or FormatError naming the file
 */
export async function readFolder(path: string, size?: Size2): Promise<Part> {
  if (!(await exists(join(path, manifestName)))) {
    if (await exists(join(path, modelName))) return readTfjsFolder(path, size, modelName)
    const expected = 'a file, or a folder with manifest.json or model.json'
    throw new FormatError({ where: path, expected, found: await contents(path) })
  }
  let manifest: Uint8Array = new Uint8Array()
  let total = 0
  const read = async (file: string): Promise<Uint8Array> => {
    const bytes = await readBytes(join(path, file), `a file of the checkpoint ${path}`)
    if (file === manifestName) manifest = bytes
    total += bytes.length
    return bytes
  }
  const square = size && size[0] === size[1] ? { resolution: size[0] } : {}
  const model = await about(path, () => readManifest(read, square))
  return { path, model: await withKnownMetadata(model, manifest), sha256: sha256(manifest), size: total }
}

/** What a folder holds in place of what was looked for: perhaps one of its files was meant. */
async function contents(path: string): Promise<string> {
  const names = await readdir(path).catch((): string[] => [])
  if (names.length === 0) return 'a folder with nothing to read in it'
  const rest = names.length > 3 ? `, ... (${names.length})` : ''
  return `a folder with ${names.toSorted().slice(0, 3).join(', ')}${rest}`
}
