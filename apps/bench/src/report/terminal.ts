import Table from 'cli-table3'
import { gflops, groupKey, macsOf, type Report, type Row } from './report.ts'

const columns = [
  'runtime',
  'min ms',
  'median',
  'p90',
  'vs ours',
  'GFLOP/s',
  'ceiling',
  'cold ms',
  'RSS MB',
  'brotli',
  'max diff',
]

/** The rows as tables, one a group, each beside ours: how many times as long it takes, medians with medians. */
export function reportTable(report: Report): string {
  const groups = Map.groupBy(report.rows, groupKey)
  return [...groups.values()].map(rows => `${titleOf(rows[0] as Row)}\n${groupTable(report, rows)}`).join('\n\n')
}

function titleOf({ model, alpha, resolution, precision, threads, where }: Row): string {
  return `MobileNet ${model.toUpperCase()} ${alpha}/${resolution} ${precision}, ${threads} thread(s), ${where}`
}

function groupTable(report: Report, rows: readonly Row[]): string {
  const table = new Table({ head: columns, style: { head: [], border: [] } })
  const ours = rows.find(({ runtime }) => runtime === 'depthwise-wasm') ?? rows[0]
  for (const row of rows) {
    const rate = gflops(macsOf(report, row), row.minMs)
    table.push([
      row.runtime,
      row.minMs.toFixed(2),
      row.medianMs.toFixed(2),
      row.p90Ms.toFixed(2),
      `${(row.medianMs / (ours as Row).medianMs).toFixed(2)}x`,
      rate.toFixed(1),
      `${((100 * rate) / (report.ceilingGflops * row.threads)).toFixed(0)} %`,
      row.coldMs.toFixed(0),
      row.rssMB?.toFixed(0) ?? '-',
      sizeOf(row.downloadBytes),
      row.maxAbsDiff.toExponential(1),
    ])
  }
  return table.toString()
}

/** `32 KB`, `2.3 MB`. */
export function sizeOf(bytes: number | null): string {
  if (bytes === null) return '-'
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} KB` : `${(bytes / 1e6).toFixed(1)} MB`
}
