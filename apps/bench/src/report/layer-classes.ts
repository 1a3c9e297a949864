import { gflops, type Profile } from './report.ts'

/** All layers of one kind together. */
export interface LayerClass {
  readonly category: string
  readonly layers: number
  readonly ms: number
  /** Of the network's time. */
  readonly share: number
  readonly macs: number
  readonly gflops: number
  /** Of one thread's ceiling. */
  readonly ofCeiling: number
  /** 10^9 bytes a second that have to move at least, if nothing stayed in a cache. */
  readonly gigabytes: number
}

/** Adds a profile up by kind of layer, the longest first. */
export function layerClasses({ layers }: Profile, ceilingGflops: number): readonly LayerClass[] {
  const total = layers.reduce((sum, { ms }) => sum + ms, 0)
  return [...Map.groupBy(layers, ({ category }) => category)]
    .map(([category, members]): LayerClass => {
      const sum = (count: (layer: (typeof members)[number]) => number): number =>
        members.reduce((all, layer) => all + count(layer), 0)
      const [ms, macs, bytes] = [sum(({ ms }) => ms), sum(({ macs }) => macs), sum(({ bytes }) => bytes)]
      const rate = ms > 0 ? gflops(macs, ms) : 0
      return {
        category,
        layers: members.length,
        ms,
        share: total > 0 ? ms / total : 0,
        macs,
        gflops: rate,
        ofCeiling: rate / ceilingGflops,
        gigabytes: ms > 0 ? bytes / ms / 1e6 : 0,
      }
    })
    .sort((a, b) => b.ms - a.ms)
}
