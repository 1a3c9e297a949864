import type { LayerTiming, Network } from '@depthwise/core'
import { cost, type LayerCost } from '@depthwise/cost'
import type { ProfiledLayer } from '../report/report.ts'

/** Categories that name a group; the rest (activations, sums, views) are part of what they follow. */
const leading = ['convolution', 'pointwise', 'depthwise', 'dense']

/** Times of fused groups, joined with the cost of the authored nodes that each computes. */
export function profiledLayers({ graph }: Network, timings: readonly LayerTiming[]): readonly ProfiledLayer[] {
  const costs = new Map(cost(graph).layers.map(layer => [layer.id, layer]))
  return timings.map(({ name, nodes, kernel, milliseconds }) => {
    const layers = nodes.flatMap(id => costs.get(id) ?? [])
    const sum = (count: (layer: LayerCost) => number): number =>
      layers.reduce((total, layer) => total + count(layer), 0)
    return {
      name,
      category: categoryOf(layers),
      kernel,
      ms: milliseconds,
      macs: sum(layer => layer.macs),
      bytes: bytesOf(layers),
    }
  })
}

/** `pointwise`, or `pointwise + depthwise + pointwise` for a block that runs as one. */
function categoryOf(layers: readonly LayerCost[]): string {
  const products = layers.filter(({ category }) => leading.includes(category)).map(({ category }) => category)
  return products.join(' + ') || (layers[0]?.title ?? 'other')
}

/** What a group must at least move: its weights, its first operand and its last result. */
function bytesOf(layers: readonly LayerCost[]): number {
  const weights = layers.reduce((total, layer) => total + layer.weightBytes, 0)
  return weights + (layers[0]?.activationBytes.read ?? 0) + (layers.at(-1)?.activationBytes.written ?? 0)
}
