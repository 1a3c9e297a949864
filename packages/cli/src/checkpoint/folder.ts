import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { FormatError } from '@depthwise/core'
import { readManifest } from '@depthwise/formats'
import { withKnownMetadata } from '@depthwise/models'
import { exists, readBytes } from '../files.ts'
import { about } from './about.ts'
import { sha256 } from './fingerprint.ts'
import { isArchitecture, readKerasPair } from './keras-pair.ts'
import { describeFolder } from './other-folders.ts'
import type { Part } from './part.ts'
import { type SizeOptions, usualSize } from './size.ts'
import { readTfjsFolder } from './tfjs-folder.ts'

const manifestName = 'manifest.json'
const modelName = 'model.json'
/** Of an unpacked .keras archive. */
const configName = 'config.json'

/**
 * Reads a folder with a `manifest.json`, or with TensorFlow.js' `model.json`, and of the folder only the files that names.
 * @param options size of the input, which a manifest never states; only `size` changes that of one
 * @throws FileError or FormatError naming the file
 */
export async function readFolder(path: string, { size, fallbackSize }: SizeOptions = {}): Promise<Part> {
  if (!(await exists(join(path, manifestName)))) {
    for (const name of [modelName, configName]) {
      const config = join(path, name)
      if (!(await exists(config))) continue
      const bytes = await readBytes(config, `a file of the checkpoint ${path}`)
      if (isArchitecture(bytes)) return { ...(await readKerasPair(config, bytes, size ?? fallbackSize)), path }
    }
    if (await exists(join(path, modelName))) return readTfjsFolder(path, size ?? fallbackSize, modelName)
    const expected = 'a file, or a folder with manifest.json or model.json'
    const names = await readdir(path).catch((): string[] => [])
    throw new FormatError({ where: path, expected, found: describeFolder(names) })
  }
  let manifest: Uint8Array = new Uint8Array()
  let total = 0
  const readFile = async (file: string): Promise<Uint8Array> => {
    const bytes = await readBytes(join(path, file), `a file of the checkpoint ${path}`)
    if (file === manifestName) manifest = bytes
    total += bytes.length
    return bytes
  }
  const read = await about(path, () => readManifest(readFile, { resolution: size ?? usualSize }))
  const model = await withKnownMetadata(read, manifest)
  // The table of known checkpoints names those whose size is the usual one.
  const stated = size !== undefined || model.metadata.name !== undefined
  return { path, model, sha256: sha256(manifest), size: total, ...(!stated && { assumedSize: usualSize }) }
}
