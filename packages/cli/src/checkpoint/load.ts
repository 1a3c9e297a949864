import { FormatError, type Model, type Size2 } from '@depthwise/core'
import { defaultCheckpoint } from '../assets.ts'
import { look } from '../files.ts'
import { chainModels } from './chain.ts'
import { readFolder } from './folder.ts'
import { expectedCheckpoint, readModelFile } from './model-file.ts'
import type { Part } from './part.ts'

/** A network as the command line names it: one part, or several that follow each other. */
export interface Checkpoint {
  readonly model: Model
  readonly parts: readonly [Part, ...Part[]]
}

export interface LoadOptions {
  /** `[height, width]` for networks whose file leaves it open, as the caller wants it; ignored by the others. */
  readonly size?: Size2 | undefined
  /** As `size`, but only where a file says nothing at all about pictures, as bare weights do. */
  readonly fallbackSize?: Size2 | undefined
}

/**
 * Reads the networks at `paths` and chains them in that order. What a path is, its bytes tell, not its name; but `default` is
 * the checkpoint that comes along (a file of that name is `./default`).
 * @throws FileError when one cannot be read, FormatError when it is not a checkpoint, UnsupportedOpError when it holds
 * something unknown, GraphError when two do not fit each other
 */
export async function loadCheckpoint(paths: readonly string[], options: LoadOptions = {}): Promise<Checkpoint> {
  const [first, ...others] = paths
  if (first === undefined) throw new FormatError({ where: '--checkpoint', expected: expectedCheckpoint, found: 'none' })
  const parts: [Part, ...Part[]] = [await readPart(first, options)]
  for (const path of others) parts.push(await readPart(path, options))
  return { model: parts.map(part => part.model).reduce(chainModels), parts }
}

async function readPart(path: string, { size, fallbackSize }: LoadOptions): Promise<Part> {
  if (path === 'default') return { ...(await readModelFile(defaultCheckpoint())), path }
  const entry = await look(path, expectedCheckpoint)
  return entry.isDirectory() ? readFolder(path, size) : readModelFile(path, size, fallbackSize)
}
