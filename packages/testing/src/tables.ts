import { sharedBytes } from './shared-folder.ts'

/** One line of a table, by the name of the column. */
export type Row = Readonly<Record<string, string>>

/** Reads a table of the oracle. */
export function readTable(file: string): readonly Row[] {
  return parseTable(readOracle(file), file)
}

/** Comma-separated values; fields may be quoted (RFC 4180), none here holds a line break. Errors name `file`. */
export function parseTable(text: string, file: string): readonly Row[] {
  const [header = [], ...lines] = text.trimEnd().split(/\r?\n/).map(splitLine)
  if (lines.length === 0) throw new Error(`${file}: no rows`)
  return lines.map(line => {
    if (line.length !== header.length) throw new Error(`${file}: ${line.length} fields under ${header.length} columns`)
    return Object.fromEntries(header.map((column, index) => [column, line[index] as string]))
  })
}

/** Reads a whole file of the oracle. */
export function readOracle(file: string): string {
  return new TextDecoder().decode(sharedBytes(`oracle/${file}`))
}

function splitLine(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
}

/** A field of a row. A name that is no column throws, where it would else compare undefined with undefined. */
export function field(row: Row, column: string): string {
  const value = row[column]
  if (value === undefined) throw new Error(`no column ${column} among ${Object.keys(row)}`)
  return value
}

/** A field of a row as a number; an empty or wordy one throws. */
export function numberIn(row: Row, column: string): number {
  const value = field(row, column)
  if (value === '' || Number.isNaN(Number(value))) throw new Error(`column ${column}: ${value} is no number`)
  return Number(value)
}

/** Items by a key, in the order in which keys first come up. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string | number): readonly (readonly T[])[] {
  const groups = new Map<string | number, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return [...groups.values()]
}
