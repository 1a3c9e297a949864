import type { CostReport } from './cost.ts'
import type { LayerCost } from './layer.ts'

/** The layers whose values have one spatial size, together. */
export interface StageCost {
  /** `112x112`; `1x1` for values without height and width. */
  readonly size: string
  readonly layers: number
  readonly macs: number
  readonly params: number
  readonly weightBytes: number
  /** Bytes of activations read and written. */
  readonly activationBytes: number
}

/** A report by stages: spatial sizes in the order they come up. Parameters that layers share count in each. */
export function stages({ layers }: Pick<CostReport, 'layers'>): readonly StageCost[] {
  const bySize = new Map<string, LayerCost[]>()
  for (const layer of layers) {
    if (layer.kind === 'input') continue
    const { output } = layer
    const size = output.length === 4 ? `${output[1]}x${output[2]}` : '1x1'
    bySize.set(size, [...(bySize.get(size) ?? []), layer])
  }
  return [...bySize].map(([size, members]) => {
    const sum = (count: (layer: LayerCost) => number): number => members.reduce((total, each) => total + count(each), 0)
    return {
      size,
      layers: members.filter(each => each.category !== 'view').length,
      macs: sum(each => each.macs),
      params: sum(each => each.params),
      weightBytes: sum(each => each.weightBytes),
      activationBytes: sum(({ activationBytes: { read, written } }) => read + written),
    }
  })
}
