import type { Fate } from './attempt.ts'
import type { Mutant } from './list.ts'

/** A mutant and what became of it. */
export interface Result {
  readonly mutant: Mutant
  readonly fate: Fate
  readonly seconds: number
}

/** Share of mutants that tests noticed, among those that compile. */
export function killedShare(results: readonly Result[]): number {
  const noticed = results.filter(isNoticed).length
  return noticed / Math.max(1, noticed + survivors(results).length)
}

const isNoticed = ({ fate }: Result): boolean => fate === 'killed' || fate === 'stopped'

const survivors = (results: readonly Result[]): readonly Result[] => results.filter(({ fate }) => fate === 'survived')

/** A table by package, and the survivors. */
export function report(results: readonly Result[], folders: readonly string[]): string {
  const row = (name: string, own: readonly Result[]): string => {
    const count = (fate: Fate): number => own.filter(result => result.fate === fate).length
    const share = `${(100 * killedShare(own)).toFixed(1)} %`
    return `| ${[name, own.length, count('killed'), count('stopped'), count('refused'), count('survived'), share].join(' | ')} |`
  }
  const rows = folders.map(folder =>
    row(
      folder,
      results.filter(({ mutant }) => mutant.folder === folder),
    ),
  )
  return [
    '| package | mutants | killed | stopped | refused by the compiler | survived | killed of those that compile |',
    '| ------- | ------: | -----: | --------: | ----------------------: | -------: | --------------------------: |',
    ...rows,
    row('all', results),
    '',
    ...survivors(results).map(({ mutant }) => described(mutant)),
  ].join('\n')
}

/** `packages/core/src/x.ts:12 EqualityOperator: a < b => a <= b` */
export function described({ file, line, mutator, original, replacement }: Mutant): string {
  return `${file}:${line} ${mutator}: ${shortened(original)} => ${shortened(replacement)}`
}

function shortened(code: string): string {
  const text = code.replaceAll(/\s+/g, ' ')
  return text.length > 100 ? `${text.slice(0, 60)} ... ${text.slice(-36)}` : text
}
