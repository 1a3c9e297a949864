import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Instrumenter } from '@stryker-mutator/instrumenter'
import { root } from '../packages/workspace.ts'

/** A change to one place of a source file. */
export interface Mutant {
  /** The package's folder under `packages`. */
  readonly folder: string
  /** Relative to the root of the repository. */
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  /** Name of Stryker's mutator. */
  readonly mutator: string
  /** Where the replaced text starts and ends, in UTF-16 code units. */
  readonly start: number
  readonly end: number
  readonly original: string
  readonly replacement: string
}

const silent = () => {}
const off = () => false
type Logger = ConstructorParameters<typeof Instrumenter>[0]
const logger: Logger = {
  isTraceEnabled: off,
  isDebugEnabled: off,
  isInfoEnabled: off,
  isWarnEnabled: off,
  isErrorEnabled: off,
  isFatalEnabled: off,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  fatal: silent,
}

/** All mutants that StrykerJS makes of the sources of a package. */
export async function mutantsOf(folder: string): Promise<readonly Mutant[]> {
  const names = globSync(`packages/${folder}/src/**/*.ts`, { cwd: root })
  const files = names.map(name => ({ name, mutate: true, content: readFileSync(join(root, name), 'utf8') }))
  const options = { plugins: null, ignorers: [], excludedMutations: [] }
  const { mutants } = await new Instrumenter(logger).instrument(files, options)
  const sources = new Map(files.map(({ name, content }) => [name, new Source(content)]))
  return mutants.map(({ fileName: file, mutatorName: mutator, replacement, location: { start, end } }) => {
    const source = sources.get(file)
    if (source === undefined) throw new Error(`a mutant of ${file}, which was not passed`)
    const [from, to] = [source.offset(start), source.offset(end)]
    const original = source.text.slice(from, to)
    return { folder, file, line: start.line + 1, mutator, start: from, end: to, original, replacement }
  })
}

/** A text and where its lines start. */
class Source {
  readonly text: string
  readonly #lines: readonly number[]

  constructor(text: string) {
    this.text = text
    this.#lines = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)]
  }

  offset({ line, column }: { readonly line: number; readonly column: number }): number {
    return (this.#lines[line] ?? 0) + column
  }
}

/**
 * Mutants in an order drawn by a seed: its first `n` are a random sample of `n`. A mutant's rank follows from its file and the
 * text around it, so that a change to one file leaves the order of the others as it was.
 */
export function drawn(mutants: readonly Mutant[], seed: number): readonly Mutant[] {
  const seen = new Map<string, number>()
  const ranked = mutants.map(mutant => {
    const { file, mutator, original, replacement } = mutant
    const content = JSON.stringify([seed, file, mutator, original, replacement])
    const nth = seen.get(content) ?? 0
    seen.set(content, nth + 1)
    return { mutant, rank: createHash('sha256').update(`${content} ${nth}`).digest('hex') }
  })
  return ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ mutant }) => mutant)
}
