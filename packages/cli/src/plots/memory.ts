import type { LiveValue, MemoryPlan } from '@depthwise/cost'
import type * as Plots from '@observablehq/plot'
import { colours, frame } from './frame.ts'

/** Which values are in memory when: one column for each step, and each value at its place in the arena while it is needed. */
export function memoryPlot(plot: typeof Plots, plan: MemoryPlan): Plots.PlotOptions {
  const { steps, values, peakStep, peakBytes, arenaBytes } = plan
  const unit = arenaBytes >= 2e6 ? { bytes: 1e6, name: 'megabytes' } : { bytes: 1e3, name: 'kilobytes' }
  const height = (bytes: number): number => bytes / unit.bytes
  const every = Math.ceil(steps.length / 24)
  const box = {
    x1: ({ from }: LiveValue) => from,
    x2: ({ to }: LiveValue) => to + 1,
    y1: ({ address }: LiveValue) => height(address),
    y2: ({ address, bytes }: LiveValue) => height(address + bytes),
  }
  const large = values.filter(({ bytes, from, to }) => bytes > arenaBytes / 14 && to - from >= steps.length / 9)
  return {
    ...frame,
    height: 480,
    marginBottom: 165,
    marginLeft: 96,
    x: {
      label: null,
      domain: [0, steps.length],
      ticks: steps.map((_, index) => index + 0.5).filter((_, index) => index % every === 0),
      tickFormat: (at: number) => steps[Math.floor(at)]?.name ?? '',
      tickRotate: -60,
      tickSize: 0,
    },
    y: {
      label: `${unit.name} of the arena`,
      labelArrow: 'none',
      grid: true,
      domain: [0, height(arenaBytes)],
      nice: true,
    },
    marks: [
      plot.rect(values, {
        ...box,
        fill: ({ scratch }: LiveValue) => (scratch ? colours.other : colours.v2),
        fillOpacity: ({ scratch }: LiveValue) => (scratch ? 0.8 : 0.55),
        stroke: 'white',
        strokeWidth: 0.7,
      }),
      plot.text(large, {
        x: ({ from, to }: LiveValue) => (from + to + 1) / 2,
        y: ({ address, bytes }: LiveValue) => height(address + bytes / 2),
        text: 'name',
        fontSize: 10,
        fill: '#111',
      }),
      plot.rect([plan], {
        x1: peakStep,
        x2: peakStep + 1,
        y1: 0,
        y2: height(arenaBytes),
        stroke: colours.v1,
        strokeWidth: 1.5,
      }),
      plot.text([plan], {
        x: peakStep + 0.5,
        y: height(arenaBytes),
        text: () => `peak ${height(peakBytes).toFixed(unit.bytes === 1e6 ? 2 : 0)}, at ${steps[peakStep]?.name ?? ''}`,
        textAnchor: peakStep < steps.length / 2 ? 'start' : 'end',
        dx: peakStep < steps.length / 2 ? 10 : -10,
        dy: -9,
        fill: colours.v1,
        fontSize: 12,
      }),
      plot.text([plan], {
        x: steps.length,
        y: height(arenaBytes),
        text: () =>
          `a box: a value, for as long as it lives${plan.schedule === 'layers' ? '' : '; green: scratch of a block'}`,
        textAnchor: 'end',
        dy: 14,
        fill: colours.grey,
      }),
    ],
  }
}
