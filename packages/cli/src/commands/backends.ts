import type { Capabilities } from '@depthwise/core'
import { registry } from '../backends.ts'
import { exitDone } from '../failure.ts'
import { table } from '../table.ts'
import type { Terminal } from '../terminal.ts'

/**
 * `depthwise backends`: what could run here, with what, and why not.
 * @returns the exit code
 */
export async function backends({ json = false }: { readonly json?: boolean }, terminal: Terminal): Promise<number> {
  const probed = await Promise.all(
    registry.names.map(async name => ({ name, ...(await (await registry.create(name)).probe()) })),
  )
  if (json) for (const backend of probed) await terminal.print(JSON.stringify(backend))
  else await terminal.print(await inWords(probed))
  return exitDone
}

function inWords(probed: readonly (Capabilities & { readonly name: string })[]): Promise<string> {
  return table({
    head: ['backend', 'available', 'features', 'notes'],
    align: ['left', 'left', 'left', 'left'],
    rows: probed.map(({ name, available, features, reasons }) => [
      name,
      available ? 'yes' : 'no',
      features.join(', '),
      reasons.join('; '),
    ]),
  })
}
