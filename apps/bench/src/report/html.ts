import { reportFigures } from './plots.ts'
import type { Report } from './report.ts'
import { reportTables, type TextTable } from './tables.ts'
import { machineLines } from './terminal.ts'

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; display: block; overflow-x: auto; }
th, td { padding: .2rem .6rem; text-align: left; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
td:not(:first-child) { white-space: nowrap; }
figure { margin: 2rem 0; overflow-x: auto; }
figcaption, caption { font-weight: 600; text-align: left; }
svg { max-width: 100%; height: auto; color: inherit; }
`

/** The report as one page: no script, nothing to fetch, its own data inside. */
export function htmlReport(report: Report): string {
  const lines = machineLines(report).map(line => `<p>${escaped(line)}</p>`)
  const figures = reportFigures(report).map(
    ({ caption, svg }) => `<figure><figcaption>${escaped(caption)}</figcaption>${svg}</figure>`,
  )
  const tables = reportTables(report).map(tableMarkup)
  // Within a script element only a less-than sign could end it.
  const data = JSON.stringify(report).replaceAll('<', '\\u003c')
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>Depthwise beside its peers</title><style>${style}</style></head><body>`,
    '<h1>Depthwise beside its peers</h1>',
    ...lines,
    ...figures,
    ...tables,
    `<script type="application/json" id="report">${data}</script>`,
    '</body></html>',
    '',
  ].join('\n')
}

function tableMarkup({ title, head, rows }: TextTable): string {
  const cells = (tag: 'th' | 'td', values: readonly string[]): string =>
    `<tr>${values.map(value => `<${tag}>${escaped(value)}</${tag}>`).join('')}</tr>`
  const body = rows.map(row => cells('td', row)).join('\n')
  return `<h2>${escaped(title)}</h2>\n<table><thead>${cells('th', head)}</thead><tbody>\n${body}\n</tbody></table>`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replace(/[&<>"]/g, character => entities[character] as string)
