import { formatShape } from '@depthwise/core'
import type { CostReport, LayerCost, TotalCost } from '@depthwise/cost'
import { figures, table } from './table.ts'
import { bytes, grouped, percent } from './words.ts'

/** What a whole network costs, a figure a line. */
export function totals({ macs, flops, paramsBy, weightBytes, activationBytes }: TotalCost): string {
  return figures([
    ['MACs', grouped(macs)],
    ['FLOPs', grouped(flops)],
    ['parameters, trainable', grouped(paramsBy.trainable)],
    ['parameters, with moving statistics', grouped(paramsBy.total)],
    ['parameters, batch norm folded', grouped(paramsBy.folded)],
    ['weights as float32', bytes(weightBytes)],
    ['activations read', bytes(activationBytes.read)],
    ['activations written', bytes(activationBytes.written)],
  ])
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
