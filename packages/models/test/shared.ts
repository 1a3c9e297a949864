import { sharedBytes } from '../../../tests/shared/data.ts'

export { describeShared, sharedBytes as readShared } from '../../../tests/shared/data.ts'

/** One line of a table, by the name of the column. */
export type Row = Readonly<Record<string, string>>

/** Reads a table of comma-separated values whose only quoted field is the last. */
export function readTable(file: string): readonly Row[] {
  const [header, ...lines] = new TextDecoder()
    .decode(sharedBytes(`oracle/${file}`))
    .trimEnd()
    .split(/\r?\n/)
  const columns = (header ?? '').split(',')
  if (lines.length === 0) throw new Error(`${file}: no rows`)
  return lines.map(line => {
    const fields = line.split(',')
    return Object.fromEntries(columns.map((column, index) => [column, fields[index] ?? '']))
  })
}
