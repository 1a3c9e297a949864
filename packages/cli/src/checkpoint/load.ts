import { FormatError, type Model } from '@depthwise/core'
import { defaultCheckpoint } from '../assets.ts'
import { look } from '../files.ts'
import type { Terminal } from '../terminal.ts'
import { chainModels } from './chain.ts'
import { readFolder } from './folder.ts'
import { expectedCheckpoint, readModelFile } from './model-file.ts'
import type { Part } from './part.ts'
import { checkSize, followingSize, noteSize, type SizeOptions } from './size.ts'

/** A network as the command line names it: one part, or several that follow each other. */
export interface Checkpoint {
  readonly model: Model
  readonly parts: readonly [Part, ...Part[]]
}

/**
 * Reads the networks at `paths` and chains them in that order. What a path is, its bytes tell, not its name; but `default` is
 * the checkpoint that comes along (a file of that name is `./default`).
 * @param options size of the first network's input; later ones take what the one before gives
 * @param terminal is told what had to be assumed
 * @throws FileError when one cannot be read, FormatError when it is not a checkpoint, UnsupportedOpError when it holds
 * something unknown, GraphError when two do not fit each other, OptionError for a size that a file does not have
 */
export async function loadCheckpoint(
  paths: readonly string[],
  options: SizeOptions,
  terminal: Terminal,
): Promise<Checkpoint> {
  const [first, ...others] = paths
  if (first === undefined) throw new FormatError({ where: '--checkpoint', expected: expectedCheckpoint, found: 'none' })
  const parts: [Part, ...Part[]] = [await readPart(first, options)]
  checkSize(parts[0], options.size)
  for (const path of others) parts.push(await readPart(path, followingSize((parts.at(-1) as Part).model)))
  for (const part of parts) noteSize(part, terminal)
  return { model: parts.map(part => part.model).reduce(chainModels), parts }
}

async function readPart(path: string, options: SizeOptions): Promise<Part> {
  if (path === 'default') return { ...(await readModelFile(defaultCheckpoint())), path }
  const entry = await look(path, expectedCheckpoint)
  return entry.isDirectory() ? readFolder(path, options) : readModelFile(path, options)
}
