import type { LayerTiming } from '@depthwise/core'
import type { CostReport, LayerCost } from '@depthwise/cost'

/** Layers that belong together, as the papers' tables have them, with what they cost. */
export interface Block {
  readonly name: string
  readonly says: string
  readonly output: readonly number[]
  readonly macs: number
  readonly params: number
  /** Of weights, and of activations that pass between layers. */
  readonly weightBytes: number
  readonly activationBytes: number
  /** Null before it was measured. */
  readonly milliseconds: number | null
}

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

export function blocksOf({ layers }: CostReport, timings: readonly LayerTiming[] | null): readonly Block[] {
  const times = timings && timesOf(layers, timings)
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
      weightBytes: sum(layer => layer.weightBytes),
      activationBytes: sum(({ activationBytes }) => activationBytes.read + activationBytes.written),
      milliseconds: times && sum(({ id }) => times.get(id) ?? 0),
    }
  })
}

/** Kernels cover several layers: their time is shared out by multiply-adds, or all to the last where none has any. */
function timesOf(layers: readonly LayerCost[], timings: readonly LayerTiming[]): ReadonlyMap<number, number> {
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

/** Multiply-adds a millisecond of each kind of layer, and what the rest of a run takes. */
export interface Rates {
  readonly backend: string
  readonly byKind: Readonly<Record<string, number>>
  readonly overhead: number
}

/** What a measured run says of this device: how fast it is at each kind of layer. */
export function ratesOf(
  { layers }: CostReport,
  timings: readonly LayerTiming[],
  totalMs: number,
  backend: string,
): Rates {
  const times = timesOf(layers, timings)
  const sums: Record<string, { readonly macs: number; readonly milliseconds: number }> = {}
  let told = 0
  for (const { id, category, macs } of layers) {
    if (macs === 0) continue
    const milliseconds = times.get(id) ?? 0
    const sum = sums[category] ?? { macs: 0, milliseconds: 0 }
    sums[category] = { macs: sum.macs + macs, milliseconds: sum.milliseconds + milliseconds }
    told += milliseconds
  }
  const byKind = Object.fromEntries(
    Object.entries(sums).map(([kind, { macs, milliseconds }]) => [kind, macs / Math.max(milliseconds, 1e-6)]),
  )
  return { backend, byKind, overhead: Math.max(0, totalMs - told) }
}

/** Milliseconds of another network, if each kind of layer goes as fast there; null where a kind was never measured. */
export function predicted({ layers }: CostReport, { byKind, overhead }: Rates): number | null {
  let milliseconds = overhead
  for (const { category, macs } of layers) {
    if (macs === 0) continue
    const rate = byKind[category]
    if (rate === undefined) return null
    milliseconds += macs / rate
  }
  return milliseconds
}
