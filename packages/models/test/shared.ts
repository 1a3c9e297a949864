import { existsSync, readFileSync } from 'node:fs'
import { describe } from 'vitest'

/** Recorded data lives beside the repository, not in it. */
const folder = new URL('../../../../shared/', import.meta.url)

/** Whether the data is here. On a build machine its absence is a failure, elsewhere a reason to skip. */
const present: boolean = existsSync(folder) || process.env['CI'] !== undefined

/** A suite that needs the recorded data. */
export function describeShared(name: string, suite: () => void): void {
  describe.skipIf(!present)(present ? name : `${name} (skipped: no data in ../shared)`, suite)
}

export function readShared(file: string): Uint8Array {
  return readFileSync(new URL(file, folder))
}

/** One line of a table, by the name of the column. */
export type Row = Readonly<Record<string, string>>

/** Reads a table of comma-separated values whose only quoted field is the last. */
export function readTable(file: string): readonly Row[] {
  const [header, ...lines] = new TextDecoder()
    .decode(readShared(`oracle/${file}`))
    .trimEnd()
    .split(/\r?\n/)
  const columns = (header ?? '').split(',')
  if (lines.length === 0) throw new Error(`${file}: no rows`)
  return lines.map(line => {
    const fields = line.split(',')
    return Object.fromEntries(columns.map((column, index) => [column, fields[index] ?? '']))
  })
}
