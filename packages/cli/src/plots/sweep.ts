import { paretoFront, type Variant } from '@depthwise/cost'
import type * as Plots from '@observablehq/plot'
import { colours, frame } from './frame.ts'

/** What a sweep is plotted against. */
export type SweepAxis = 'macs' | 'params' | 'bytes' | 'milliseconds'

const axes: {
  readonly [A in SweepAxis]: { readonly label: string; readonly value: (variant: Variant) => number | null }
} = {
  macs: { label: 'million multiply-accumulates', value: ({ macs }) => macs / 1e6 },
  params: { label: 'million parameters', value: ({ params }) => params / 1e6 },
  bytes: {
    label: 'megabytes of weights and activations at their peak',
    value: ({ weightBytes, peakBytes }) => (weightBytes + peakBytes) / 1e6,
  },
  milliseconds: { label: 'predicted milliseconds', value: ({ milliseconds }) => milliseconds },
}

const names = { mobilenet_v1: 'MobileNet V1', mobilenet_v2: 'MobileNet V2' } as const
const colourOf = { mobilenet_v1: colours.v1, mobilenet_v2: colours.v2 } as const

/** Published accuracy against cost: a dot a variant, a line for the variants that none other beats. */
export function sweepPlot(plot: typeof Plots, variants: readonly Variant[], axis: SweepAxis): Plots.PlotOptions {
  const { label, value } = axes[axis]
  const points = variants.flatMap(variant => {
    const x = value(variant)
    return x === null || variant.top1 === null ? [] : [{ ...variant, x, y: variant.top1 }]
  })
  const front = paretoFront(
    points,
    point => point.x,
    point => point.y,
  )
  const networks = [...new Set(points.map(point => point.network))]
  const lowest = Math.min(...points.map(point => point.y))
  const highest = Math.max(...points.map(point => point.x))
  return {
    ...frame,
    marginRight: 78,
    x: {
      type: 'log',
      domain: [0.75 * Math.min(...points.map(point => point.x)), 1.1 * highest],
      label,
      labelAnchor: 'center',
      labelArrow: 'none',
      labelOffset: 38,
      ticks: ticks(points.map(point => point.x)),
      tickFormat: String,
    },
    y: { label: 'top-1 on ImageNet, percent, as published', labelArrow: 'none', grid: true, nice: true },
    marks: [
      plot.line(front, { x: 'x', y: 'y', stroke: '#bbb', strokeWidth: 6, strokeOpacity: 0.6 }),
      plot.dot(points, {
        x: 'x',
        y: 'y',
        r: 4.5,
        fill: (point: { network: Variant['network'] }) => colourOf[point.network],
      }),
      ...networks.map(network => {
        // Names of V2 stand above its dots and those of V1 below, out of each other's way.
        const [above, own] = [network === 'mobilenet_v2', points.filter(point => point.network === network)]
        const shown = labelled(above ? own.filter(point => front.includes(point)) : own)
        return plot.text(
          shown.filter(point => !above || point.x < highest),
          {
            x: 'x',
            y: 'y',
            text: (point: Variant) => `${point.alpha} / ${point.resolution}`,
            fill: colourOf[network],
            dx: above ? -6 : 7,
            dy: above ? -9 : 9,
            textAnchor: above ? 'end' : 'start',
            fontSize: 10,
          },
        )
      }),
      plot.text(
        front.slice(-1).filter(point => point.x === highest),
        {
          x: 'x',
          y: 'y',
          text: (point: Variant) => `${point.alpha} / ${point.resolution}`,
          fill: ({ network }: Variant) => colourOf[network],
          dx: 8,
          textAnchor: 'start',
          fontSize: 10,
        },
      ),
      // A key of its own: the library's legends are HTML, which no SVG file can hold.
      ...networks.map((network, index) =>
        plot.text([{ x: highest, y: lowest }], {
          x: 'x',
          y: 'y',
          text: () => `● ${names[network]}`,
          fill: colourOf[network],
          textAnchor: 'end',
          dy: -18 * (networks.length - index),
          dx: 60,
          fontSize: 13,
        }),
      ),
      plot.text([{ x: highest, y: lowest }], {
        x: 'x',
        y: 'y',
        text: () => 'alpha / resolution; grey: the variants that none other beats',
        fill: colours.grey,
        textAnchor: 'end',
        dx: 60,
        fontSize: 11,
      }),
    ],
  }
}

/** Whole numbers that are easy to read on a logarithmic axis. */
function ticks(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const steps = [-1, 0, 1, 2, 3, 4].flatMap(power =>
    [1, 2, 3, 5].map(digit => Number((digit * 10 ** power).toPrecision(1))),
  )
  return steps.filter(step => step >= low * 0.95 && step <= high * 1.05)
}

/** The largest and smallest resolution of each alpha: more names would lie over each other. */
function labelled<T extends Variant>(points: readonly T[]): readonly T[] {
  const groups = new Map<string, T[]>()
  for (const point of points) {
    const key = `${point.network} ${point.alpha}`
    groups.set(key, [...(groups.get(key) ?? []), point])
  }
  return [...groups.values()].flatMap(group => {
    const sorted = group.toSorted((a, b) => b.resolution - a.resolution)
    return [...new Set([sorted[0], sorted.at(-1)])].filter(point => point !== undefined)
  })
}
