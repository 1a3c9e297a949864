import { macsOf, type Report, type Row } from './report.ts'

/** Ours over one axis: what a MAC costs there. */
export interface GrowthPoint {
  readonly row: Row
  readonly macs: number
  /** Nanoseconds for a thousand MACs, by the minimum. */
  readonly nsPerKiloMac: number
}

export interface Growth {
  readonly model: Row['model']
  readonly axis: 'alpha' | 'resolution'
  readonly points: readonly GrowthPoint[]
  /** Dearest over cheapest MAC, less 1: how far from flat. */
  readonly unevenness: number
}

/** Ours in Node on one thread, over alpha at the largest resolution and over resolution at alpha 1. */
export function growthOf(report: Report): readonly Growth[] {
  const ours = report.rows.filter(
    ({ runtime, threads, where, precision }) =>
      runtime === 'depthwise-wasm' && threads === 1 && where === 'node' && precision === 'float32',
  )
  const models = [...new Set(ours.map(({ model }) => model))]
  return models.flatMap(model => {
    const own = ours.filter(row => row.model === model)
    const over = (axis: Growth['axis'], rows: readonly Row[]): readonly Growth[] => {
      const points = rows.toSorted((a, b) => a[axis] - b[axis]).map(row => pointOf(report, row))
      if (points.length < 2) return []
      const costs = points.map(({ nsPerKiloMac }) => nsPerKiloMac)
      return [{ model, axis, points, unevenness: Math.max(...costs) / Math.min(...costs) - 1 }]
    }
    return [
      ...over(
        'alpha',
        own.filter(({ resolution }) => resolution === 224),
      ),
      ...over(
        'resolution',
        own.filter(({ alpha }) => alpha === 1),
      ),
    ]
  })
}

function pointOf(report: Report, row: Row): GrowthPoint {
  const macs = macsOf(report, row)
  return { row, macs, nsPerKiloMac: macs > 0 ? (row.minMs * 1e9) / macs : 0 }
}
