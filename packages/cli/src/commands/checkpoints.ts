import { publishedCheckpoints } from '@depthwise/models/published'
import { exitDone } from '../failure.ts'
import { table } from '../table.ts'
import type { Terminal } from '../terminal.ts'

/**
 * `depthwise checkpoints`: what its makers publish and `depthwise fetch` knows by name. Nothing is fetched.
 * @returns the exit code
 */
export async function checkpoints({ json }: { readonly json?: boolean }, terminal: Terminal): Promise<number> {
  if (json) {
    for (const checkpoint of publishedCheckpoints) await terminal.print(JSON.stringify(checkpoint))
    return exitDone
  }
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
  const align = ['left', 'left', 'right', 'right', 'left', 'left', 'left'] as const
  await terminal.printWide(await table({ head, align, rows }))
  return exitDone
}
