import { formatShape } from '@depthwise/core'
import type { CostDType, CostReport, LayerCost } from '@depthwise/cost'
import { figures, table } from './table.ts'
import { bytes, grouped, percent } from './words.ts'

const stored: { readonly [D in CostDType]: string } = { f32: 'float32', f16: 'float16', int8: 'int8' }

/** What a whole network costs, a figure a line. */
export function totals({ total, dtype, convention }: CostReport): string {
  const { macs, flops, operations, paramsBy, weightBytes, activationBytes } = total
  return figures([
    ['MACs', grouped(macs)],
    ...(convention === 'paper' ? [] : [[`operations as ${convention} counts`, grouped(operations)] as const]),
    ['FLOPs', grouped(flops)],
    ['parameters, trainable', grouped(paramsBy.trainable)],
    ['parameters, with moving statistics', grouped(paramsBy.total)],
    ['parameters, batch norm folded', grouped(paramsBy.folded)],
    [`weights as ${stored[dtype]}`, bytes(weightBytes)],
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
