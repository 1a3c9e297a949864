import { type CostDType, type PublishedNetwork, sweep as sweepOf, type Variant } from '@depthwise/cost'
import { buildArchitecture, type Preset } from '@depthwise/models'
import { checkPlotPath, draw } from '../draw.ts'
import { exitDone } from '../failure.ts'
import { type MachineOptions, machineOf } from '../machine-file.ts'
import { agreement, measureVariants } from '../measured.ts'
import type { SweepAxis } from '../plots/index.ts'
import type { RowOptions } from '../rows.ts'
import { type Row, type SweepFormat, sweepIn } from '../sweep-tables.ts'
import { plainPage, type Terminal } from '../terminal.ts'
import { checkWritable, type WriteOptions, writeWhole } from '../write-files.ts'

export interface SweepOptions extends MachineOptions, RowOptions, WriteOptions {
  readonly model?: readonly PublishedNetwork[]
  readonly alpha?: readonly number[]
  readonly resolution?: readonly number[]
  readonly preset: Preset
  readonly dtype: CostDType
  readonly measure?: boolean
  readonly format: SweepFormat
  readonly output?: string
  readonly plot?: string
  readonly against: SweepAxis
}

/**
 * `depthwise sweep`: cost and published accuracy of alpha × resolution × version, as a table, CSV, JSON or Markdown, and as a
 * plot.
 * @returns the exit code
 */
export async function sweep(options: SweepOptions, terminal: Terminal): Promise<number> {
  const { model, alpha, resolution, preset, dtype, output, plot, against, measure } = options
  const format = options.csv ? 'csv' : options.json ? 'json' : options.format
  if (plot !== undefined) await checkPlotPath(plot, options)
  if (output !== undefined) await checkWritable(output, options)
  const timed = measure || against === 'milliseconds' ? { predict: 'auto', ...options } : options
  const machine = await machineOf(timed, terminal)
  const variants = sweepOf({
    build: buildArchitecture,
    preset,
    dtype,
    ...(model && { networks: model }),
    ...(alpha && { alphas: alpha }),
    ...(resolution && { resolutions: resolution }),
    ...(machine && { machine }),
  })
  const rows: readonly Row[] =
    measure && machine ? await measureVariants(variants, { backend: machine.backend, preset }, terminal) : variants
  const text = await sweepIn(format, rows, output === undefined ? terminal : plainPage)
  if (output !== undefined) {
    await writeWhole(output, new TextEncoder().encode(`${text}\n`))
    terminal.note(`wrote ${output}`)
  } else await terminal.print(text)
  if (measure) terminal.note(agreement(rows))
  if (plot !== undefined) await drawPlot(plot, variants, rows, options, terminal)
  return exitDone
}

async function drawPlot(
  path: string,
  variants: readonly Variant[],
  rows: readonly Row[],
  { measure, against }: SweepOptions,
  terminal: Terminal,
): Promise<void> {
  const { rooflinePlot, sweepPlot } = await import('../plots/index.ts')
  const predictions = rows.flatMap(({ network, milliseconds: predicted, measured }) =>
    predicted === null || measured === undefined ? [] : [{ network, predicted, measured }],
  )
  await draw(path, lib => (measure ? rooflinePlot(lib, predictions) : sweepPlot(lib, variants, against)), terminal)
}
