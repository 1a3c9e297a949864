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

/** A table without walls: a rule above, below, and under the head. No colours, so that it can be piped and compared. */
export async function table({ head, align, rows }: TableOptions): Promise<string> {
  const { default: Table } = await import('cli-table3')
  const cells = new Table({
    colAligns: [...align],
    chars: rules,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 },
  })
  cells.push([...head], ...rows.map(row => [...row]))
  const lines = cells
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
  const [rule = ''] = lines
  return [...lines.slice(0, 2), rule, ...lines.slice(2)].join('\n')
}

/** Names and values in two columns, values to the right, without any rule. */
export function figures(rows: readonly (readonly [name: string, value: string])[]): string {
  const [names, values] = [0, 1].map(column => Math.max(...rows.map(row => (row[column] as string).length)))
  return rows.map(([name, value]) => `  ${name.padEnd(names ?? 0)}  ${value.padStart(values ?? 0)}`).join('\n')
}
