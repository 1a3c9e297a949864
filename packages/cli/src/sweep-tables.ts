import type { Variant } from '@depthwise/cost'
import { csvLine } from './csv.ts'
import { table } from './table.ts'
import type { Page } from './terminal.ts'
import { bytes, grouped } from './words.ts'

/** Ways to write a sweep. */
export const sweepFormats = ['table', 'csv', 'json', 'markdown'] as const
export type SweepFormat = (typeof sweepFormats)[number]

/** A row of a sweep, measured too if that was asked for. */
export type Row = Variant & { readonly measured?: number }

/** A sweep in a format. In formats for people, a column without any figure is left out. */
export async function sweepIn(format: SweepFormat, rows: readonly Row[], page: Page): Promise<string> {
  if (format === 'json') return JSON.stringify(rows)
  if (format === 'csv') return csv(rows)
  const columns = shown(rows)
  const head = columns.map(column => column.name)
  const cells = rows.map(row => columns.map(column => column.words(row)))
  if (format === 'markdown') return markdown(head, cells)
  return table({ head, align: ['left', ...columns.slice(1).map(() => 'right' as const)], rows: cells }, page)
}

interface Column {
  readonly name: string
  readonly words: (row: Row) => string
}

const known = (value: number | null | undefined, words: (value: number) => string): string =>
  value === null || value === undefined ? '' : words(value)
const times = (value: number): string => value.toFixed(value < 10 ? 2 : 1)

function shown(rows: readonly Row[]): readonly Column[] {
  const columns: readonly Column[] = [
    { name: 'network', words: row => row.network },
    { name: 'alpha', words: row => `${row.alpha}` },
    { name: 'size', words: row => `${row.resolution}` },
    { name: 'MACs', words: row => grouped(row.macs) },
    { name: 'parameters', words: row => grouped(row.params) },
    { name: 'weights', words: row => bytes(row.weightBytes) },
    { name: 'peak', words: row => bytes(row.peakBytes) },
    { name: 'predicted ms', words: row => known(row.milliseconds, times) },
    { name: 'measured ms', words: row => known(row.measured, times) },
    { name: 'top-1 %', words: row => known(row.top1, value => value.toFixed(1)) },
  ]
  return columns.filter(column => rows.some(row => column.words(row) !== ''))
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

/** A head and rows; unknown figures are empty. */
function csv(rows: readonly Row[]): string {
  const names = rows[0] ? Object.keys(rows[0]) : []
  return [names, ...rows.map(row => names.map(name => row[name as keyof Row]))].map(csvLine).join('\n')
}
