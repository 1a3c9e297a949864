import type { NodeId } from '@depthwise/core'
import type { CostReport, LayerCost } from '@depthwise/cost'
import type { Block } from './protocol.ts'

/** `block_3_expand_BN` and `conv_dw_3_relu` are of block 3. */
function blockOf(name: string): { readonly key: string; readonly says: string } {
  const inverted = /^block_(\d+)_/.exec(name)
  if (inverted) return { key: `block ${inverted[1]}`, says: 'inverted residual' }
  if (name.startsWith('expanded_conv')) return { key: 'block 0', says: 'inverted residual, not expanded' }
  const separable = /^conv_(?:dw|pw|pad)_(\d+)/.exec(name)
  if (separable) return { key: `block ${separable[1]}`, says: 'depthwise separable' }
  if (/^(Conv1|bn_Conv1|conv1)/.test(name)) return { key: 'stem', says: '3 × 3 convolution, stride 2' }
  if (/^(Conv_1|out_relu)/.test(name)) return { key: 'last map', says: '1 × 1 convolution' }
  return { key: 'classifier', says: 'pool, classes' }
}

/** Times of nodes that were computed together. */
export interface Times {
  readonly nodes: readonly NodeId[]
  readonly milliseconds: number
}

/** The layers of a network by block, with what they cost; times where they are known. */
export function blocksOf(
  { layers }: CostReport,
  { measured, predicted }: { readonly measured?: readonly Times[]; readonly predicted?: readonly Times[] } = {},
): readonly Block[] {
  const took = measured && timesOf(layers, measured)
  const takes = predicted && timesOf(layers, predicted)
  const groups = new Map<string, LayerCost[]>()
  const says = new Map<string, string>()
  for (const layer of layers) {
    if (layer.kind === 'input') continue
    const { key, says: text } = blockOf(layer.name)
    groups.set(key, [...(groups.get(key) ?? []), layer])
    says.set(key, text)
  }
  return [...groups].map(([name, members]) => {
    const sum = (of: (layer: LayerCost) => number): number => members.reduce((total, layer) => total + of(layer), 0)
    return {
      name,
      says: says.get(name) ?? '',
      output: members.at(-1)?.output.slice(1) ?? [],
      macs: sum(layer => layer.macs),
      params: sum(layer => layer.params),
      activationBytes: sum(({ activationBytes }) => activationBytes.read + activationBytes.written),
      measured: took ? sum(({ id }) => took.get(id) ?? 0) : null,
      predicted: takes ? sum(({ id }) => takes.get(id) ?? 0) : null,
    }
  })
}

/** Kernels cover several layers: their time is shared out by multiply-adds, or all to the last where none has any. */
function timesOf(layers: readonly LayerCost[], timings: readonly Times[]): ReadonlyMap<number, number> {
  const macs = new Map(layers.map(layer => [layer.id, layer.macs]))
  const times = new Map<number, number>()
  for (const { nodes, milliseconds } of timings) {
    const total = nodes.reduce((sum, id) => sum + (macs.get(id) ?? 0), 0)
    for (const [i, id] of nodes.entries()) {
      const share = total > 0 ? (macs.get(id) ?? 0) / total : i === nodes.length - 1 ? 1 : 0
      times.set(id, (times.get(id) ?? 0) + milliseconds * share)
    }
  }
  return times
}
