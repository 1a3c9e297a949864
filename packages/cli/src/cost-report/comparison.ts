import type { Graph } from '@depthwise/core'
import type { Size2 } from '@depthwise/core/backend'
import { type CostDType, cost, foldedGraph, memory, stages, withStandardConvolutions } from '@depthwise/cost'
import type { Preset } from '@depthwise/models'
import { usualSize } from 'depthwise/checkpoint'
import { type TableOptions, table } from '../table.ts'
import type { Page } from '../terminal.ts'
import { bytes, grouped } from '../words.ts'

/** How both networks are built and measured. */
export interface ComparisonOptions {
  readonly alpha: number
  /** Default 224 by 224. */
  readonly resolution?: Size2
  readonly preset: Preset
  readonly classes: number
  readonly dtype: CostDType
}

/** V1 and V2 side by side, stage by stage, and each with standard convolutions in place of the separable ones. */
export async function comparison(given: ComparisonOptions, page: Page): Promise<string> {
  const { alpha, resolution = usualSize, preset, classes, dtype } = given
  const { mobileNetV1, mobileNetV2 } = await import('@depthwise/models')
  const options = { alpha, inputShape: [...resolution, 3] as const, preset, classes }
  const nets: readonly Graph[] = [mobileNetV1(options), mobileNetV2(options)]
  const columns = nets.flatMap(graph => [foldedGraph(graph), withStandardConvolutions(graph)])
  const reports = columns.map(graph => cost(graph, { dtype }))
  const byStage = reports.map(stages)
  const sizes = (byStage[0] ?? []).map(stage => stage.size)
  const line = (name: string, value: (column: number) => string): string[] => [name, ...columns.map((_, i) => value(i))]
  const macs = sizes.map(size =>
    line(`MACs at ${size}`, i => grouped(byStage[i]?.find(stage => stage.size === size)?.macs ?? 0)),
  )
  const rows = {
    head: ['', 'V1', 'V1, standard', 'V2', 'V2, standard'],
    align: ['left', 'right', 'right', 'right', 'right'],
    rows: [
      ...macs,
      line('MACs', i => grouped(reports[i]?.total.macs ?? 0)),
      line('parameters', i => grouped(reports[i]?.total.params ?? 0)),
      line('weights', i => bytes(reports[i]?.total.weightBytes ?? 0)),
      line('peak of activations', i => bytes(memory(columns[i] as Graph, { dtype }).peakBytes)),
    ],
  } satisfies TableOptions
  return table(rows, page)
}
