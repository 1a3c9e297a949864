import { type Graph, OptionError } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import {
  type CostDType,
  type CostReport,
  cost as costOf,
  type MemoryPlan,
  memory,
  type OperationConvention,
  type Prediction,
  predict as predictOf,
  type Schedule,
} from '@depthwise/cost'
import type { ArithmeticName } from '@depthwise/formats'
import { buildArchitecture, type NetworkName, type Preset } from '@depthwise/models'
import { usualSize } from 'depthwise/checkpoint'
import { comparison } from '../cost-report/comparison.ts'
import { memoryTable } from '../cost-report/memory.ts'
import { predictionTable } from '../cost-report/prediction.ts'
import { layerCsv, layerTable, totals } from '../cost-tables.ts'
import { checkPlotPath, draw } from '../draw.ts'
import { exitDone } from '../failure.ts'
import { type MachineOptions, machineOf } from '../machine-file.ts'
import type { RowOptions } from '../rows.ts'
import type { Page, Terminal } from '../terminal.ts'
import type { WriteOptions } from '../write-files.ts'

export interface CostOptions extends MachineOptions, RowOptions, WriteOptions {
  readonly model?: NetworkName
  readonly checkpoint?: readonly string[]
  readonly alpha: number
  /** Of `model`, default 224 by 224; of a checkpoint, where its file leaves it open. */
  readonly resolution?: Size2
  readonly preset: Preset
  readonly classes: number
  readonly convention: OperationConvention
  readonly dtype: CostDType
  readonly perLayer?: boolean
  readonly compare?: boolean
  readonly memory?: Schedule
  readonly arithmetic?: ArithmeticName
  readonly plot?: string
}

/**
 * `depthwise cost`: the cost of a network, computed from its graph: of a MobileNet by name, or of any checkpoint.
 * @returns the exit code
 */
export async function cost(options: CostOptions, terminal: Terminal): Promise<number> {
  const { convention, dtype, memory: schedule, plot, compare } = options
  if (plot !== undefined) await checkPlotPath(plot, options)
  const { graph, title } = await networkOf(options, terminal)
  const report = costOf(graph, { convention, dtype })
  const plan =
    schedule !== undefined || plot !== undefined ? memory(graph, { schedule: schedule ?? 'layers', dtype }) : null
  const machine = await machineOf(options, terminal)
  const prediction = machine ? predictOf(graph, machine) : null
  if (options.json) {
    await terminal.print(
      JSON.stringify({ ...report, ...(plan && { memory: plan }), ...(prediction && { prediction }) }),
    )
  } else if (options.csv) await terminal.print(layerCsv(report))
  else {
    const parts = [title, ...(await inWords(report, { plan, prediction }, options, terminal))]
    if (compare) parts.push(await comparison(options, terminal))
    await terminal.print(parts.join('\n'))
  }
  if (plot !== undefined && plan) {
    const { memoryPlot } = await import('../plots/index.ts')
    await draw(plot, lib => memoryPlot(lib, plan), terminal)
  }
  return exitDone
}

async function networkOf(
  options: CostOptions,
  terminal: Terminal,
): Promise<{ readonly graph: Graph; readonly title: string }> {
  const { model, checkpoint, alpha, resolution = usualSize, preset, classes } = options
  if (checkpoint) {
    const { loadCheckpoint } = await import('../checkpoint/load.ts')
    const loaded = await loadCheckpoint(
      checkpoint,
      { size: options.resolution, arithmetic: options.arithmetic },
      terminal,
    )
    return { graph: loaded.model.graph, title: checkpoint.join(', then ') }
  }
  if (!model) {
    throw new OptionError({ where: 'cost', expected: '--model <name> or --checkpoint <path>', found: 'neither' })
  }
  const title = `${model}, alpha ${alpha}, ${resolution.join('x')}, preset ${preset}, ${classes} classes`
  const architecture = { network: model, alpha, preset, classes }
  return { graph: buildArchitecture(architecture, { inputShape: [...resolution, 3] }), title }
}

interface Extras {
  readonly plan: MemoryPlan | null
  readonly prediction: Prediction | null
}

async function inWords(
  report: CostReport,
  { plan, prediction }: Extras,
  options: CostOptions,
  page: Page,
): Promise<string[]> {
  const parts = options.perLayer ? [await layerTable(report, page)] : []
  parts.push(totals(report))
  if (plan && options.memory !== undefined) parts.push(await memoryTable(plan, options.perLayer ?? false, page))
  if (prediction) parts.push(await predictionTable(prediction, options.perLayer ?? false, page))
  return parts
}
