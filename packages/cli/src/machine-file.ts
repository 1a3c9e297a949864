import { FormatError, OptionError } from '@depthwise/core'
import { calibrate, type Machine } from '@depthwise/cost'
import { exists, readBytes } from 'depthwise/node'
import { backendsFor } from './backends.ts'
import type { Terminal } from './terminal.ts'
import { checkWritable, writeWhole } from './write-files.ts'

/** The machine that times are predicted for. */
export interface MachineOptions {
  /** Backend that is calibrated. */
  readonly predict?: string
  /** File of the calibration: read if it exists, else written. */
  readonly machine?: string
}

/**
 * The machine that times are predicted for; undefined if neither option is given. Calibrating takes seconds, so it can be saved.
 * @throws FormatError for a file that is no machine, OptionError for an unknown backend, or for another than the file is of
 */
export async function machineOf(
  { predict, machine }: MachineOptions,
  terminal: Terminal,
): Promise<Machine | undefined> {
  if (machine !== undefined && (await exists(machine))) {
    const read = await readMachine(machine)
    if (predict === undefined || predict === 'auto' || predict === read.backend) return read
    const expected = `a calibration of ${predict}: name another file, or leave out --predict`
    throw new OptionError({ where: `option --machine, ${machine}`, expected, found: `one of ${read.backend}` })
  }
  if (predict === undefined && machine === undefined) return undefined
  if (machine !== undefined) await checkWritable(machine, {})
  const [backend] = await backendsFor(predict ?? 'auto')
  if (!backend) return undefined
  terminal.note(`calibrating ${backend.name}: takes a few seconds; close other programs`)
  const calibrated = await calibrate(backend)
  if (machine === undefined) return calibrated
  await writeWhole(machine, new TextEncoder().encode(`${JSON.stringify(calibrated, null, 2)}\n`))
  terminal.note(`wrote ${machine}: --machine ${machine} reuses it`)
  return calibrated
}

async function readMachine(path: string): Promise<Machine> {
  const expected = 'a machine as --machine writes it'
  const bytes = await readBytes(path, expected)
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (isMachine(value)) return value
  } catch (error) {
    throw new FormatError({ where: path, expected, found: 'no JSON', cause: error })
  }
  throw new FormatError({ where: path, expected, found: 'other JSON' })
}

const rateNames = ['operation', 'read', 'written', 'weights', 'call', 'error']
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const hasNumbers = (value: unknown, names: readonly string[]): boolean =>
  isRecord(value) && names.every(name => Number.isFinite(value[name]) && (value[name] as number) >= 0)

function isMachine(value: unknown): value is Machine {
  if (!isRecord(value) || typeof value['backend'] !== 'string' || !isRecord(value['missing'])) return false
  const { rates, weights, run } = value
  return (
    isRecord(rates) &&
    Object.values(rates).every(each => hasNumbers(each, rateNames)) &&
    Array.isArray(weights) &&
    weights.every(point => hasNumbers(point, ['footprint', 'byte'])) &&
    hasNumbers(run, ['call', 'byte'])
  )
}
