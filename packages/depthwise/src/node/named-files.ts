import type { CheckpointFiles } from '../checkpoint/files.ts'
import { filesOf } from '../load.ts'
import type { FetchOptions } from '../platform.ts'
import { nodePlatform } from './platform.ts'

/**
 * The files of a checkpoint by its path, its address, or the name of a published one, which is downloaded unless it is in the
 * cache. A file of such a name goes first.
 * @throws FileError, FormatError or OptionError saying why there is none
 */
export function filesNamed(name: string, options: FetchOptions = {}): Promise<CheckpointFiles> {
  return filesOf(name, options, nodePlatform)
}
