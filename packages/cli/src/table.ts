import type { Page } from './terminal.ts'
import { wrapped } from './wrap.ts'

/** How each column is set: text to the left, numbers to the right. */
export type Align = 'left' | 'right'

export interface TableOptions {
  readonly head: readonly string[]
  readonly align: readonly Align[]
  readonly rows: readonly (readonly string[])[]
}

const rules = {
  top: '─',
  'top-mid': '─',
  'top-left': '',
  'top-right': '',
  bottom: '─',
  'bottom-mid': '─',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' ',
}

/** Spaces between two columns. */
const gap = 2
/** Columns of text are wrapped down to so many letters; narrower ones would be hard to read. */
const narrowest = 24

/**
 * A table with a rule above, below, and under the head. On a terminal that is too narrow for it, columns of text are wrapped; where
 * that is not enough, each row becomes a few lines, so that nothing is cut off.
 */
export async function table(options: TableOptions, page: Page): Promise<string> {
  const widths = widthsFor(options, page.width ?? Number.POSITIVE_INFINITY)
  return widths ? inColumns(options, widths, page) : stacked(options, page)
}

/** The widths at which columns fit into a line; null where they do not. */
function widthsFor({ head, align, rows }: TableOptions, available: number): readonly number[] | null {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map(row => (row[column] ?? '').length)))
  const isText = widths.map((_, column) => align[column] === 'left' && (head[column] ?? '') !== '')
  let excess = widths.reduce((sum, width) => sum + width, gap * (widths.length - 1)) - available
  while (excess > 0) {
    const [widest] = widths
      .map((width, column) => ({ width, column }))
      .filter(({ width, column }) => isText[column] && width > Math.max(narrowest, (head[column] ?? '').length))
      .toSorted((a, b) => b.width - a.width)
    if (!widest) return null
    widths[widest.column] = widest.width - 1
    excess -= 1
  }
  return widths
}

async function inColumns(
  { head, align, rows }: TableOptions,
  widths: readonly number[],
  { style }: Page,
): Promise<string> {
  const { default: Table } = await import('cli-table3')
  const cells = new Table({
    colAligns: [...align],
    chars: rules,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 },
  })
  const fitted = rows.map(row => row.map((cell, column) => wrapped(cell, widths[column] ?? cell.length).join('\n')))
  cells.push([...head], ...fitted)
  const [, names = '', ...lines] = cells
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
  const rule = style('dim', '─'.repeat(widths.reduce((sum, width) => sum + width, gap * (widths.length - 1))))
  return [rule, style('bold', names), rule, ...lines.slice(0, -1), rule].join('\n')
}

/** A row as its first cell and, below it, the others with their names. */
function stacked({ head, align, rows }: TableOptions, { width = 80, style }: Page): string {
  const [firstName = ''] = head
  const indent = '  '
  const blocks = rows.flatMap(([first = '', ...others]) => {
    const title = align[0] === 'right' ? `${firstName} ${first}` : first
    const facts = others.flatMap((cell, index) => (cell === '' ? [] : [`${head[index + 1]} ${cell}`.trim()]))
    const lines: string[] = []
    for (const fact of facts) {
      const longer = lines.length > 0 ? `${lines.at(-1)}   ${fact}` : fact
      if (lines.length > 0 && indent.length + longer.length <= width) lines[lines.length - 1] = longer
      else lines.push(fact)
    }
    return [style('bold', title), ...lines.map(line => indent + line)]
  })
  const line = style('dim', '─'.repeat(width))
  return [line, ...blocks, line].join('\n')
}

/** Names and values in two columns, values to the right, without any rule. */
export function figures(rows: readonly (readonly [name: string, value: string])[]): string {
  const [names, values] = [0, 1].map(column => Math.max(...rows.map(row => (row[column] as string).length)))
  return rows.map(([name, value]) => `  ${name.padEnd(names ?? 0)}  ${value.padStart(values ?? 0)}`).join('\n')
}
