import { dirname, join } from 'node:path'
import { externalDataFiles } from '@depthwise/formats'
import { readBytes } from '../files.ts'

/**
 * The files beside an ONNX file that hold its weights, by the names that it has for them. The names stay within its folder,
 * which `externalDataFiles` checks.
 * @throws FileError for one that is not there
 */
export async function readExternalData(path: string, bytes: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  for (const name of externalDataFiles(bytes)) {
    files.set(name, await readBytes(join(dirname(path), name), `weights of ${path}, which it keeps in this file`))
  }
  return files
}
