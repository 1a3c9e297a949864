import type { MemoryPlan } from '@depthwise/cost'
import * as Plot from '@observablehq/plot'

/** The arena over time: from which step to which each value lies where. The fullest step is marked. */
export function arenaPlot({ values, steps, peakStep, arenaBytes }: MemoryPlan): (width: number) => Element {
  const unit = arenaBytes >= 1e6 ? { name: 'MB', size: 1e6 } : { name: 'kB', size: 1e3 }
  return width =>
    Plot.plot({
      width,
      height: Math.min(320, Math.max(220, width * 0.4)),
      marginLeft: 44,
      marginTop: 30,
      marginBottom: 40,
      x: { label: 'Step', domain: [0, steps.length], ticks: Math.min(12, steps.length), tickFormat: 'd' },
      y: { label: `Address, ${unit.name}`, domain: [0, arenaBytes / unit.size], grid: true },
      marks: [
        Plot.rect(values, {
          x1: 'from',
          x2: ({ to }: MemoryPlan['values'][number]) => to + 1,
          y1: ({ address }: MemoryPlan['values'][number]) => address / unit.size,
          y2: ({ address, bytes }: MemoryPlan['values'][number]) => (address + bytes) / unit.size,
          fill: ({ scratch }: MemoryPlan['values'][number]) => (scratch ? 'var(--soft)' : 'var(--accent)'),
          fillOpacity: 0.55,
          stroke: 'var(--paper)',
          strokeWidth: 1,
        }),
        Plot.ruleX([peakStep + 0.5], { stroke: 'var(--warn)', strokeWidth: 1.5, strokeDasharray: '4 3' }),
        Plot.text([peakStep + 0.5], {
          x: (value: number) => value,
          text: () => 'fullest',
          frameAnchor: 'top',
          textAnchor: peakStep < steps.length / 2 ? 'start' : 'end',
          dx: peakStep < steps.length / 2 ? 6 : -6,
          dy: -12,
          fill: 'var(--warn)',
        }),
      ],
    })
}
