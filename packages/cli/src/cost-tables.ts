import { formatShape } from '@depthwise/core/backend'
import type { CostReport, LayerCost } from '@depthwise/cost'
import { csv } from './csv.ts'
import { figures, type TableOptions, table } from './table.ts'
import type { Page } from './terminal.ts'
import { bytes, grouped, percent } from './words.ts'

/** The cost of a whole network, one figure a line. */
export function totals({ total, dtype, convention, layers }: CostReport): string {
  const { macs, flops, operations, paramsBy, weightBytes, activationBytes } = total
  return figures([
    ['MACs', grouped(macs)],
    ...(convention === 'paper' ? [] : [[`operations as ${convention} counts`, grouped(operations)] as const]),
    ['FLOPs', grouped(flops)],
    ['parameters, trainable', grouped(paramsBy.trainable)],
    ['parameters, with moving statistics', grouped(paramsBy.total)],
    ['parameters, batch norm folded', grouped(paramsBy.folded)],
    [`weights as ${weightTypes(layers, dtype)}`, bytes(weightBytes)],
    ['activations read', bytes(activationBytes.read)],
    ['activations written', bytes(activationBytes.written)],
  ])
}

/** What weights are stored as: as asked, or as the integers that quantised layers have. */
function weightTypes(layers: readonly LayerCost[], asked: string): string {
  const types = new Set(layers.flatMap(({ weightBytes, dtype }) => (weightBytes > 0 ? [dtype] : [])))
  return types.size > 0 ? [...types].join(' and ') : asked
}

/** The cost of each layer, one layer a line. */
export function layerTable({ total, layers }: CostReport, page: Page): Promise<string> {
  const share = ({ macs }: LayerCost): string => (macs === 0 ? '' : percent(macs / total.macs))
  const options: TableOptions = {
    head: ['layer', 'kind', 'output', 'MACs', 'of all', 'parameters', 'weights'],
    align: ['left', 'left', 'left', 'right', 'right', 'right', 'right'],
    rows: layers.map(layer => [
      layer.name,
      layer.title,
      formatShape(layer.output),
      unlessZero(layer.macs, grouped),
      share(layer),
      unlessZero(layer.params, grouped),
      unlessZero(layer.weightBytes, bytes),
    ]),
  }
  return table(options, page)
}

/** The cost of each layer as comma-separated values. */
export function layerCsv({ layers }: CostReport): string {
  const rows = layers.map(({ name, kind, output, macs, params, weightBytes }) => [
    name,
    kind,
    formatShape(output),
    macs,
    params,
    weightBytes,
  ])
  return csv(['name', 'kind', 'output', 'macs', 'params', 'weightBytes'], rows)
}

/** Blank for 0, so that layers that do cost something stand out. */
export function unlessZero(value: number, words: (value: number) => string): string {
  return value === 0 ? '' : words(value)
}
