import type { Architecture } from '@depthwise/core'
import { type Limits, pick as pickOf } from '@depthwise/cost'
import { buildArchitecture } from '@depthwise/models'
import { exitDone, exitFailed } from '../failure.ts'
import { type MachineOptions, machineOf } from '../machine-file.ts'
import { sweepIn } from '../sweep-tables.ts'
import type { Terminal } from '../terminal.ts'

export interface PickOptions extends MachineOptions, Limits {
  readonly model?: readonly Architecture['network'][]
  readonly json?: boolean
}

/** The limits as the command line spells them. */
const spelt: { readonly [L in keyof Limits]-?: string } = {
  maxMilliseconds: '--max-milliseconds',
  maxMacs: '--max-macs',
  maxParams: '--max-params',
  maxBytes: '--max-bytes',
  minTop1: '--min-top1',
}

/**
 * `depthwise pick`: which published network is the best within some limits.
 * @returns the exit code: 1 where none is
 */
export async function pick(options: PickOptions, terminal: Terminal): Promise<number> {
  const { model, json, predict: backend, machine: file, ...limits } = options
  const wanted = limits.maxMilliseconds !== undefined && backend === undefined ? 'auto' : backend
  const where = { ...(wanted !== undefined && { predict: wanted }), ...(file !== undefined && { machine: file }) }
  const machine = await machineOf(where, terminal)
  const networks = model && { networks: model }
  const { picks, nearest } = pickOf({ build: buildArchitecture, ...limits, ...networks, ...(machine && { machine }) })
  if (json) for (const each of picks) await terminal.print(JSON.stringify(each))
  else if (picks.length > 0) await terminal.printWide(await sweepIn('table', picks))
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
