import { type Limits, type PublishedNetwork, pick as pickOf } from '@depthwise/cost'
import { buildArchitecture } from '@depthwise/models'
import { exitDone, exitFailed } from '../failure.ts'
import { type MachineOptions, machineOf } from '../machine-file.ts'
import type { RowOptions } from '../rows.ts'
import { sweepIn } from '../sweep-tables.ts'
import type { Terminal } from '../terminal.ts'

export interface PickOptions extends MachineOptions, Limits, RowOptions {
  readonly model?: readonly PublishedNetwork[]
}

/** The options of the limits. */
const spelt: { readonly [L in keyof Limits]-?: string } = {
  maxMilliseconds: '--max-milliseconds',
  maxMacs: '--max-macs',
  maxParams: '--max-params',
  maxBytes: '--max-bytes',
  minTop1: '--min-top1',
}

/**
 * `depthwise pick`: the published networks within limits, the most accurate first.
 * @returns the exit code: 1 where none is
 */
export async function pick(options: PickOptions, terminal: Terminal): Promise<number> {
  const { model, json, csv, predict: backend, machine: file, ...limits } = options
  const wanted = limits.maxMilliseconds !== undefined && backend === undefined ? 'auto' : backend
  const where = { ...(wanted !== undefined && { predict: wanted }), ...(file !== undefined && { machine: file }) }
  const machine = await machineOf(where, terminal)
  const networks = model && { networks: model }
  const { picks, nearest } = pickOf({ build: buildArchitecture, ...limits, ...networks, ...(machine && { machine }) })
  if (json) for (const each of picks) await terminal.print(JSON.stringify(each))
  else if (picks.length > 0) await terminal.print(await sweepIn(csv ? 'csv' : 'table', picks, terminal))
  if (picks.length > 0) return exitDone
  if (nearest) {
    const { network, alpha, resolution } = nearest.variant
    const broken = nearest.broken.map(limit => spelt[limit]).join(' and ')
    terminal.note(
      `no published network is within the limits; ${network} ${alpha}/${resolution} comes nearest, and breaks ${broken}`,
    )
  }
  return exitFailed
}
