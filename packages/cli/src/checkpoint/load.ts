import { FormatError, type Model } from '@depthwise/core'
import { expectedCheckpoint, readCheckpoint, type SizeOption, type SizeOptions } from 'depthwise/checkpoint'
import { filesAt, filesNamed } from 'depthwise/node'
import { defaultCheckpoint } from '../assets.ts'
import type { Terminal } from '../terminal.ts'
import { chainModels } from './chain.ts'
import type { Part } from './part.ts'
import { checkSize, followingSize, noteSize } from './size.ts'

/** A network as the command line names it: one part, or several that follow each other. */
export interface Checkpoint {
  readonly model: Model
  readonly parts: readonly [Part, ...Part[]]
}

const sizeOption: SizeOption = { name: '--resolution', form: '--resolution N or HEIGHTxWIDTH' }

/**
 * Reads the networks at `paths` (or addresses, or names of published ones) and chains them in that order. The format is detected from content, not from the file name; but
 * `default` is the checkpoint that comes along (a file of that name is `./default`).
 * @param options size of the first network's input; later ones take what the one before gives
 * @param terminal gets a note of what had to be assumed
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
  if (path === 'default') return { ...(await readCheckpoint(await filesAt(defaultCheckpoint()))), path }
  return { ...(await readCheckpoint(await filesNamed(path), { ...options, sizeOption })), path }
}
