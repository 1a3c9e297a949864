import * as Plot from '@observablehq/plot'

export interface TimedRow {
  readonly runtime: string
  readonly network: string
  readonly minMs: number
  readonly medianMs: number
  readonly p90Ms: number
}

/** The median of each row, and from its minimum to its 90th percentile, on a scale of powers of ten. */
export function timesPlot(rows: readonly TimedRow[]): (width: number) => Element {
  const name = ({ network, runtime }: TimedRow): string => `${network}  ${runtime.replace('depthwise-', '')}`
  return width =>
    Plot.plot({
      width,
      height: 62 + 26 * rows.length,
      marginLeft: Math.min(220, width * 0.56),
      marginBottom: 42,
      x: { type: 'log', label: 'Milliseconds a picture', grid: true, tickFormat: '~g', ticks: 5 },
      y: { label: null, domain: rows.map(name) },
      marks: [
        Plot.ruleY(rows, {
          y: name,
          x1: 'minMs',
          x2: 'p90Ms',
          stroke: 'var(--accent)',
          strokeOpacity: 0.35,
          strokeWidth: 8,
        }),
        Plot.dot(rows, { y: name, x: 'medianMs', r: 5, fill: 'var(--accent)' }),
      ],
    })
}
