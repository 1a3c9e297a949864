import type { Capabilities } from '@depthwise/core'
import { registry } from '../backends.ts'
import { csv } from '../csv.ts'
import { exitDone } from '../failure.ts'
import type { RowOptions } from '../rows.ts'
import { type TableOptions, table } from '../table.ts'
import type { Page, Terminal } from '../terminal.ts'

/**
 * `depthwise backends`: which backends run here, with which features, and why others do not.
 * @returns the exit code
 */
export async function backends({ json = false, csv: asCsv = false }: RowOptions, terminal: Terminal): Promise<number> {
  const probed = await Promise.all(
    registry.names.map(async name => ({ name, ...(await (await registry.create(name)).probe()) })),
  )
  if (json) for (const backend of probed) await terminal.print(JSON.stringify(backend))
  else if (asCsv) {
    const rows = probed.map(({ name, available, features, reasons }) => [
      name,
      available,
      features.join('; '),
      reasons.join('; '),
    ])
    await terminal.print(csv(['backend', 'available', 'features', 'reasons'], rows))
  } else await terminal.print(await inWords(probed, terminal))
  return exitDone
}

function inWords(probed: readonly (Capabilities & { readonly name: string })[], page: Page): Promise<string> {
  const options: TableOptions = {
    head: ['backend', 'available', 'features', 'notes'],
    align: ['left', 'left', 'left', 'left'],
    rows: probed.map(({ name, available, features, reasons }) => [
      name,
      available ? 'yes' : 'no',
      features.join(', '),
      reasons.join('; '),
    ]),
  }
  return table(options, page)
}
