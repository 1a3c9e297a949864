import { formatShape } from '@depthwise/core'
import type { CostReport, LayerCost, TotalCost } from '@depthwise/cost'
import { table } from './table.ts'
import { bytes, grouped, percent } from './words.ts'

/** What a whole network costs, a figure a line. */
export function totalTable(total: TotalCost): Promise<string> {
  const { trainable, total: all, folded } = total.paramsBy
  return table({
    head: ['total', ''],
    align: ['left', 'right'],
    rows: [
      ['MACs', grouped(total.macs)],
      ['FLOPs', grouped(total.flops)],
      ['parameters, trainable', grouped(trainable)],
      ['parameters, with moving statistics', grouped(all)],
      ['parameters, batch norm folded', grouped(folded)],
      ['weights', bytes(total.weightBytes)],
      ['activations read', bytes(total.activationBytes.read)],
      ['activations written', bytes(total.activationBytes.written)],
    ],
  })
}

/** What each layer costs, a layer a line. */
export function layerTable({ total, layers }: CostReport): Promise<string> {
  const share = ({ macs }: LayerCost): string => (macs === 0 ? '' : percent(macs / total.macs))
  return table({
    head: ['layer', 'kind', 'output', 'MACs', 'of all', 'parameters', 'weights'],
    align: ['left', 'left', 'left', 'right', 'right', 'right', 'right'],
    rows: layers.map(layer => [
      layer.name,
      layer.kind,
      formatShape(layer.output),
      unlessZero(layer.macs, grouped),
      share(layer),
      unlessZero(layer.params, grouped),
      unlessZero(layer.weightBytes, bytes),
    ]),
  })
}

/** Most layers cost nothing of one kind or another; blanks let the others stand out. */
export function unlessZero(value: number, words: (value: number) => string): string {
  return value === 0 ? '' : words(value)
}
