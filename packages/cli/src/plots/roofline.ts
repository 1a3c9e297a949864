import type * as Plots from '@observablehq/plot'
import { colours, frame } from './frame.ts'

/** A network whose time was predicted and then measured. */
export interface PredictedNetwork {
  readonly network: 'mobilenet_v1' | 'mobilenet_v2'
  readonly predicted: number
  readonly measured: number
}

/** Predicted against measured, on the diagonal where they agree; beside it the bounds of 15 and 30 percent. */
export function rooflinePlot(plot: typeof Plots, networks: readonly PredictedNetwork[]): Plots.PlotOptions {
  const all = networks.flatMap(({ predicted, measured }) => [predicted, measured])
  const domain = [Math.min(...all) * 0.9, Math.max(...all) * 1.1] as [number, number]
  const ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500].filter(
    tick => tick >= domain[0] && tick <= domain[1],
  )
  const band = (share: number, fillOpacity: number) =>
    plot.areaY(
      domain.map(x => ({ x, y1: x * (1 - share), y2: x * (1 + share) })),
      { x: 'x', y1: 'y1', y2: 'y2', fill: colours.grey, fillOpacity, clip: true },
    )
  return {
    ...frame,
    width: 520,
    height: 480,
    x: {
      type: 'log',
      domain,
      ticks,
      tickFormat: String,
      label: 'predicted, milliseconds',
      labelAnchor: 'center',
      labelArrow: 'none',
      labelOffset: 38,
    },
    y: {
      type: 'log',
      domain,
      ticks,
      tickFormat: String,
      label: 'measured, milliseconds; grey: within 15 and 30 percent',
      labelArrow: 'none',
    },
    marks: [
      band(0.3, 0.12),
      band(0.15, 0.16),
      plot.line(
        domain.map(x => ({ x, y: x })),
        { x: 'x', y: 'y', stroke: '#555' },
      ),
      plot.dot(networks, {
        x: 'predicted',
        y: 'measured',
        r: 4,
        fill: ({ network }: PredictedNetwork) => (network === 'mobilenet_v1' ? colours.v1 : colours.v2),
      }),
      ...(['v1', 'v2'] as const).map((version, index) =>
        plot.text([{ x: domain[0], y: domain[1] }], {
          x: 'x',
          y: 'y',
          text: () => `● MobileNet ${version.toUpperCase()}`,
          fill: colours[version],
          textAnchor: 'start',
          dx: 12,
          dy: 14 + 18 * index,
          fontSize: 13,
        }),
      ),
    ],
  }
}
