import { cost, paretoFront } from '@depthwise/cost'
import { mobileNetV1, mobileNetV2 } from '@depthwise/models'
import { publishedCheckpoints } from '@depthwise/models/published'
import * as Plot from '@observablehq/plot'
import { graphOf } from '../worker/network.ts'
import type { NetworkChoice } from '../worker/protocol.ts'

interface Published {
  readonly name: string
  readonly version: 'V1' | 'V2'
  readonly macs: number
  readonly top1: number
}

/** Keras' checkpoints whose accuracy is published, with what they cost; costed once. */
const published: readonly Published[] = publishedCheckpoints.flatMap(({ format, architecture, top1 }) => {
  if (!top1 || format !== 'keras') return []
  const { network, alpha, resolution } = architecture
  const isFirst = network === 'mobilenet_v1'
  const graph = (isFirst ? mobileNetV1 : mobileNetV2)({ alpha, resolution })
  return [{ name: `${alpha}`, version: isFirst ? 'V1' : 'V2', macs: cost(graph).total.macs, top1: top1.percent }]
})

/** Those that no other beats in both: cheaper and at least as good. */
const front: readonly Published[] = paretoFront(
  published,
  ({ macs }) => macs,
  ({ top1 }) => top1,
)

/** Accuracy over cost, with the chosen network's cost as a line: no accuracy is made up for what nobody trained. */
export function paretoPlot(choice: NetworkChoice): (width: number) => Element {
  const { macs } = cost(graphOf(choice)).total
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
        Plot.line(front, { x: 'macs', y: 'top1', stroke: 'var(--accent)', strokeOpacity: 0.45, strokeWidth: 2 }),
        Plot.dot(published, {
          x: 'macs',
          y: 'top1',
          r: 4.5,
          symbol: (one: Published) => (one.version === 'V1' ? 'square' : 'circle'),
          fill: (one: Published) => (one.version === 'V1' ? 'var(--soft)' : 'var(--accent)'),
        }),
        ...(['V1', 'V2'] as const).map(version =>
          Plot.text(
            published.filter(one => one.version === version),
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
