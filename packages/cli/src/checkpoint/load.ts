import { FormatError, type Model, OptionError } from '@depthwise/core'
import { expectedCheckpoint, type ReadCheckpointOptions, readCheckpoint, type SizeOption } from 'depthwise/checkpoint'
import { cachedCheckpoint, exists, FileError, filesAt, filesNamed } from 'depthwise/node'
import { defaultCheckpoint } from '../assets.ts'
import { didYouMean } from '../nearest.ts'
import type { Terminal } from '../terminal.ts'
import { chainModels } from './chain.ts'
import type { Part } from './part.ts'
import { publishedNames } from './published-names.ts'
import { checkSize, followingSize, noteSize } from './size.ts'

/** A network as the command line names it: one part, or several that follow each other. */
export interface Checkpoint {
  readonly model: Model
  readonly parts: readonly [Part, ...Part[]]
}

const sizeOption: SizeOption = { name: '--resolution', form: '--resolution N or HEIGHTxWIDTH' }

/**
 * Reads the networks at `paths` (or addresses, or names of published ones, which are downloaded unless they are in the cache) and
 * chains them in that order. The format is detected from content, not from the file name; but `default` is the built-in network (a
 * file of that name is `./default`).
 * @param options how files are read, and the size of the first network's input; later ones take the output of the one before
 * @param terminal gets a note of each assumption
 * @throws FileError when one cannot be read, FormatError when it is not a checkpoint, UnsupportedOpError for unknown operations,
 * GraphError when two do not fit each other, OptionError for a size that a file does not have
 */
export async function loadCheckpoint(
  paths: readonly string[],
  options: ReadCheckpointOptions,
  terminal: Terminal,
): Promise<Checkpoint> {
  const [first, ...others] = paths
  if (first === undefined) throw new FormatError({ where: '--checkpoint', expected: expectedCheckpoint, found: 'none' })
  const parts: [Part, ...Part[]] = [await readPart(first, options, terminal)]
  checkSize(parts[0], options.size)
  for (const path of others) {
    const size = followingSize((parts.at(-1) as Part).model)
    parts.push(await readPart(path, { ...options, size: undefined, ...size }, terminal))
  }
  for (const part of parts) noteSize(part, terminal)
  return { model: parts.map(part => part.model).reduce(chainModels), parts }
}

async function readPart(path: string, options: ReadCheckpointOptions, terminal: Terminal): Promise<Part> {
  if (path === 'default') return { ...(await readCheckpoint(await filesAt(defaultCheckpoint()))), path }
  if (!path.includes('://') && !(await exists(path))) await lookUp(path, terminal)
  return { ...(await readCheckpoint(await filesNamed(path), { ...options, sizeOption })), path }
}

/** Says that a published network will be downloaded. Where it is a name of none, but nearly, the error names the nearest. */
async function lookUp(name: string, terminal: Terminal): Promise<void> {
  const advice = didYouMean(name, ['default', ...publishedNames()])
  const cached = await cachedCheckpoint(name).catch((error: unknown) => {
    if (!(error instanceof OptionError) || advice === '') throw error
    const { where, expected, found } = error
    throw new OptionError({ where, expected, found: `${found}.${advice}`, cause: error })
  })
  if (!cached) {
    if (advice === '') return
    throw new FileError({ where: name, expected: expectedCheckpoint, found: `no such file.${advice}` })
  }
  if (!cached.isCached) terminal.note(`downloading ${cached.checkpoint.name} from ${cached.checkpoint.url}`)
}
