import type { Size2 } from '@depthwise/core'
import { type CostReport, cost as costOf } from '@depthwise/cost'
import { mobileNetV1, mobileNetV2, type Preset } from '@depthwise/models'
import { layerTable, totals } from '../cost-tables.ts'
import { exitDone } from '../failure.ts'
import type { Terminal } from '../terminal.ts'

/** The builders by the names the command line knows them by. */
export const networks = { mobilenet_v1: mobileNetV1, mobilenet_v2: mobileNetV2 } as const

export interface CostOptions {
  readonly model: keyof typeof networks
  readonly alpha: number
  readonly resolution: Size2
  readonly preset: Preset
  readonly classes: number
  readonly perLayer?: boolean
  readonly json?: boolean
}

/**
 * `depthwise cost`: what a MobileNet costs, from its graph alone.
 * @returns the exit code
 */
export async function cost(options: CostOptions, terminal: Terminal): Promise<number> {
  const { model, alpha, resolution, preset, classes } = options
  const graph = networks[model]({ alpha, inputShape: [...resolution, 3], preset, classes })
  const report = costOf(graph)
  if (options.json) await terminal.print(JSON.stringify(report))
  else await terminal.printWide(await inWords(report, options))
  return exitDone
}

async function inWords(report: CostReport, options: CostOptions): Promise<string> {
  const { model, alpha, resolution, preset, classes, perLayer } = options
  const title = `${model}, alpha ${alpha}, ${resolution.join('x')}, preset ${preset}, ${classes} classes`
  const layers = perLayer ? [await layerTable(report)] : []
  return [title, ...layers, totals(report.total)].join('\n')
}
