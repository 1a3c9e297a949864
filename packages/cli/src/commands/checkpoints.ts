import { publishedCheckpoints } from '@depthwise/models/published'
import { csv } from '../csv.ts'
import { exitDone } from '../failure.ts'
import type { RowOptions } from '../rows.ts'
import { table } from '../table.ts'
import type { Terminal } from '../terminal.ts'

/**
 * `depthwise checkpoints`: the published checkpoints that `--checkpoint` and `depthwise fetch` know by name. Nothing is
 * downloaded.
 * @returns the exit code
 */
export async function checkpoints(options: RowOptions, terminal: Terminal): Promise<number> {
  if (options.json) for (const checkpoint of publishedCheckpoints) await terminal.print(JSON.stringify(checkpoint))
  else await terminal.print(options.csv ? inCsv() : await inWords(terminal))
  return exitDone
}

function inCsv(): string {
  const head = ['name', 'format', 'network', 'alpha', 'resolution', 'classes', 'top1', 'licence', 'sha256', 'url']
  const rows = publishedCheckpoints.map(({ name, format, architecture, top1, licence, sha256, url }) => {
    const { network, alpha, resolution, classes } = architecture
    return [name, format, network, alpha, resolution, classes, top1?.percent, licence, sha256, url]
  })
  return csv(head, rows)
}

function inWords(terminal: Terminal): Promise<string> {
  const rows = publishedCheckpoints.map(({ name, format, architecture, top1, licence, sha256, url }) => [
    name,
    format,
    `${architecture.classes}`,
    top1 ? `${top1.percent.toFixed(1)} %` : '',
    licence,
    sha256?.slice(0, 8) ?? '',
    url,
  ])
  const head = ['name', 'format', 'classes', 'top-1', 'licence', 'sha256', 'address']
  return table({ head, align: ['left', 'left', 'right', 'right', 'left', 'left', 'left'], rows }, terminal)
}
