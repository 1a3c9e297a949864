import type { Manifold, Point } from '@depthwise/cost'
import type * as Plots from '@observablehq/plot'
import { frame } from './frame.ts'

interface Dot {
  readonly panel: string
  readonly x: number
  readonly y: number
  readonly along: number
}

/** Figure 1 of the V2 paper: the spiral, and what comes back from each space, side by side, coloured along the curve. */
export function manifoldPlot(plot: typeof Plots, { spiral, embeddings }: Manifold): Plots.PlotOptions {
  const panels: readonly (readonly [name: string, points: readonly Point[]])[] = [
    ['input', spiral],
    ...embeddings.map(({ n, recovered }) => [`n = ${n}`, recovered] as const),
  ]
  const dots = panels.flatMap(([panel, points]) =>
    scaled(points).map(([x, y], i): Dot => ({ panel, x, y, along: i / points.length })),
  )
  const side = 118
  return {
    ...frame,
    width: 40 + (side + 10) * panels.length,
    height: side + 58,
    marginLeft: 10,
    marginRight: 10,
    marginTop: 12,
    marginBottom: 34,
    fx: { domain: panels.map(([name]) => name), label: null, padding: 0.08 },
    x: { axis: null, domain: [-1.1, 1.1] },
    y: { axis: null, domain: [-1.1, 1.1] },
    color: { type: 'linear', scheme: 'turbo', domain: [-0.05, 1.05] },
    marks: [plot.frame({ stroke: '#ccc' }), plot.dot(dots, { fx: 'panel', x: 'x', y: 'y', r: 1.6, fill: 'along' })],
  }
}

/** Scaled to its panel: a ReLU leaves half of the size or less, and the form is what matters. */
function scaled(points: readonly Point[]): readonly Point[] {
  const size = Math.max(1e-12, ...points.map(([x, y]) => Math.max(Math.abs(x), Math.abs(y))))
  return points.map(([x, y]): Point => [x / size, y / size])
}
