import * as Plot from '@observablehq/plot'
import type { Published, PublishedFacts } from '../worker/protocol.ts'

/** Accuracy over cost, with the chosen network's cost as a line: no accuracy is made up for what nobody trained. */
export function paretoPlot({ points, front }: PublishedFacts, macs: number): (width: number) => Element {
  return width =>
    Plot.plot({
      width,
      height: Math.min(340, Math.max(240, width * 0.55)),
      marginLeft: 44,
      marginRight: 40,
      marginTop: 30,
      marginBottom: 40,
      x: {
        type: 'log',
        label: 'Multiply-adds, millions',
        transform: (value: number) => value / 1e6,
        ticks: 6,
        tickFormat: '~s',
        domain: [Math.min(30e6, macs * 0.9), Math.max(650e6, macs * 1.1)].map(value => value / 1e6),
      },
      y: { label: 'ImageNet top 1, %', grid: true, nice: true },
      marks: [
        Plot.ruleX([macs], { stroke: 'var(--warn)', strokeWidth: 1.5, strokeDasharray: '4 3' }),
        Plot.text([macs], {
          x: (value: number) => value,
          text: () => 'this one',
          frameAnchor: 'top',
          // On the side where there is room.
          textAnchor: macs < 2e8 ? 'start' : 'end',
          dx: macs < 2e8 ? 6 : -6,
          dy: 26,
          fill: 'var(--warn)',
        }),
        Plot.line(front as Published[], {
          x: 'macs',
          y: 'top1',
          stroke: 'var(--accent)',
          strokeOpacity: 0.45,
          strokeWidth: 2,
        }),
        Plot.dot(points as Published[], {
          x: 'macs',
          y: 'top1',
          r: 4.5,
          symbol: (one: Published) => (one.version === 'V1' ? 'square' : 'circle'),
          fill: (one: Published) => (one.version === 'V1' ? 'var(--soft)' : 'var(--accent)'),
        }),
        ...(['V1', 'V2'] as const).map(version =>
          Plot.text(
            points.filter(one => one.version === version),
            {
              x: 'macs',
              y: 'top1',
              text: (one: Published) => `${version} ${one.name}`,
              // V1 lies below the line and V2 on it: each is written on its own side.
              dx: version === 'V1' ? 8 : -8,
              dy: version === 'V1' ? 9 : -9,
              textAnchor: version === 'V1' ? 'start' : 'end',
              fill: 'var(--soft)',
            },
          ),
        ),
      ],
    })
}
