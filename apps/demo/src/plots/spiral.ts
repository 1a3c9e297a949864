import type { Point } from '@depthwise/cost'
import * as Plot from '@observablehq/plot'

/** A curve in the plane, its colour running along it, so that one sees what became of which part. */
export function spiralPlot(points: readonly Point[]): (width: number) => Element {
  // Random matrices stretch: the frame is that of most points, so that few far ones do not shrink the rest.
  const reach = points.map(([x, y]) => Math.max(Math.abs(x), Math.abs(y))).toSorted((a, b) => a - b)
  const extent = (reach[Math.floor(reach.length * 0.97)] ?? 1) * 1.1 || 1
  return width =>
    Plot.plot({
      width,
      height: width,
      margin: 4,
      x: { axis: null, domain: [-extent, extent] },
      y: { axis: null, domain: [-extent, extent] },
      color: { type: 'linear', domain: [0, points.length], range: ['#c9643a', '#2f8f83'] },
      marks: [
        Plot.dot(points as Point[], {
          x: '0',
          y: '1',
          r: Math.max(1.2, width / 110),
          fill: (_: unknown, i: number) => i,
          clip: true,
        }),
      ],
    })
}
