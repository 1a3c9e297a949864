import { join } from 'node:path'
import type { Size2 } from '@depthwise/core'
import { readTfjs } from '@depthwise/formats'
import { withKnownMetadata } from '@depthwise/models'
import { exists, readBytes } from '../files.ts'
import { about } from './about.ts'
import { sha256 } from './fingerprint.ts'
import { sized } from './open-size.ts'
import type { Part } from './part.ts'

/** Where Teachable Machine puts the names of its classes. */
const labelsName = 'metadata.json'

/**
 * Reads a folder of TensorFlow.js, and of it only the files that its JSON file names, and labels where they lie beside it.
 * @param size of the input, for models that leave it open
 * @param file the JSON file
 * @throws FileError or FormatError naming the file
 */
export async function readTfjsFolder(path: string, size: Size2 | undefined, file: string): Promise<Part> {
  let model: Uint8Array = new Uint8Array()
  let total = 0
  const read = async (name: string): Promise<Uint8Array> => {
    const bytes = await readBytes(join(path, name), `a file of the checkpoint ${path}`)
    if (name === file) model = bytes
    total += bytes.length
    return bytes
  }
  const options = {
    file,
    ...(size && { inputShape: [...size, 3] }),
    ...((await exists(join(path, labelsName))) && { labels: labelsName }),
  }
  const network = await about(path, () => sized(path, size, () => readTfjs(read, options)))
  return { path, model: await withKnownMetadata(network, model), sha256: sha256(model), size: total }
}
