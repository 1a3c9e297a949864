import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { growthOf } from './growth.ts'
import { layerClasses } from './layer-classes.ts'
import { ceilingOf, groupKey, type Report, type Row } from './report.ts'
import { groupTitle } from './words.ts'

/** An image with its caption, as SVG in HTML. */
export interface Figure {
  readonly caption: string
  readonly svg: string
}

type Marks = NonNullable<Plot.PlotOptions['marks']>

/** Draws without a browser: Plot takes any document. */
function draw(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const plot = Plot.plot({ document, marginLeft: 190, width: 860, style: { background: 'transparent' }, ...options })
  return plot.outerHTML
}

/** Every figure of a report; one that would show a single bar is left out. */
export function reportFigures(report: Report): readonly Figure[] {
  const groups = [...Map.groupBy(report.rows, groupKey).values()].filter(rows => rows.length > 1)
  return [
    ...groups.map(latencyFigure),
    ...(groups.length > 0 ? [sizeFigure(report.rows)] : []),
    coldFigure(report),
    ...report.profiles
      .filter(({ runtime, alpha, resolution }) => runtime === 'depthwise-wasm' && alpha === 1 && resolution === 224)
      .map(classFigure(report)),
    ...growthFigure(report),
  ]
}

function latencyFigure(rows: readonly Row[]): Figure {
  const marks: Marks = [
    Plot.barX(rows, { x: 'medianMs', y: 'runtime', fill: colourOf, sort: { y: null } }),
    Plot.tickX(rows, { x: 'minMs', y: 'runtime', stroke: 'currentColor', strokeWidth: 2 }),
    Plot.text(rows, {
      x: 'medianMs',
      y: 'runtime',
      text: row => `${row.medianMs.toPrecision(3)} ms`,
      dx: 4,
      textAnchor: 'start',
    }),
    Plot.ruleX([0]),
  ]
  const x = { label: 'ms, median (tick: minimum)', insetRight: 60 }
  return {
    caption: groupTitle(rows[0] as Row),
    svg: draw({ marks, x, y: { label: null }, height: 40 + 32 * rows.length }),
  }
}

/** Ours stands out; the rest is one colour, since the axis names them. */
function colourOf({ runtime }: { readonly runtime: string }): string {
  return runtime.startsWith('depthwise') ? '#0b7285' : '#adb5bd'
}

function sizeFigure(rows: readonly Row[]): Figure {
  const sizes = new Map(rows.flatMap(({ runtime, downloadBytes }) => (downloadBytes ? [[runtime, downloadBytes]] : [])))
  const data = [...sizes].map(([runtime, bytes]) => ({ runtime: `${runtime}`, kilobytes: Number(bytes) / 1e3 }))
  const marks: Marks = [
    Plot.barX(data, { x1: 10, x2: 'kilobytes', y: 'runtime', fill: colourOf, sort: { y: null } }),
    Plot.text(data, {
      x: 'kilobytes',
      y: 'runtime',
      text: ({ kilobytes }) => `${kilobytes.toFixed(0)} KB`,
      dx: 4,
      textAnchor: 'start',
    }),
  ]
  const x = { type: 'log', label: 'KB, brotli, weights aside (logarithmic)', insetRight: 60 } as const
  return { caption: 'Download', svg: draw({ marks, x, y: { label: null }, height: 50 + 28 * data.length }) }
}

function coldFigure({ details }: Report): Figure {
  const shown = details.filter(
    ({ threads, alpha, resolution, precision }) =>
      threads === 1 && alpha === 1 && resolution === 224 && precision === 'float32',
  )
  const stages = shown.flatMap(({ runtime, model, where, stages }) =>
    stages.map(({ name, milliseconds }) => ({ row: `${runtime}, ${model}, ${where}`, stage: name, milliseconds })),
  )
  const marks: Marks = [
    Plot.barX(stages, { x: 'milliseconds', y: 'row', fill: 'stage', order: null, sort: { y: null } }),
    Plot.ruleX([0]),
  ]
  const svg = draw({
    marks,
    marginLeft: 260,
    x: { label: 'ms from import to the first result' },
    y: { label: null },
    color: { legend: true, scheme: 'observable10' },
    height: 60 + 24 * shown.length,
  })
  const names = [...new Set(stages.map(({ stage }) => stage))].join(', ')
  return { caption: `Cold start, one thread, in stages from left to right: ${names}`, svg }
}

function classFigure(report: Report) {
  return (profile: Report['profiles'][number]): Figure => {
    const classes = layerClasses(profile, ceilingOf(report, profile.precision)).filter(({ macs }) => macs > 0)
    const marks: Marks = [
      Plot.barX(classes, { x: 'ofCeiling', y: 'category', fill: '#0b7285', sort: { y: null } }),
      Plot.text(classes, {
        x: 'ofCeiling',
        y: 'category',
        text: ({ ms }) => `${ms.toFixed(2)} ms`,
        dx: 4,
        textAnchor: 'start',
      }),
      Plot.ruleX([0, 1]),
    ]
    const x = { percent: true, label: '% of the SIMD ceiling', insetRight: 60 }
    const svg = draw({ marks, x, y: { label: null }, marginLeft: 260, height: 50 + 30 * classes.length })
    return {
      caption: `Ours by kind of layer, MobileNet ${profile.model.toUpperCase()}, ${profile.precision ?? 'float32'}, one thread`,
      svg,
    }
  }
}

function growthFigure(report: Report): readonly Figure[] {
  return growthOf(report).map(({ model, axis, points }) => {
    const data = points.map(({ row, nsPerKiloMac }) => ({ at: row[axis], cost: nsPerKiloMac }))
    const marks: Marks = [
      Plot.lineY(data, { x: 'at', y: 'cost', stroke: '#0b7285' }),
      Plot.dot(data, { x: 'at', y: 'cost', fill: '#0b7285' }),
      Plot.ruleY([0]),
    ]
    const svg = draw({ marks, marginLeft: 60, x: { label: axis }, y: { label: 'ns a thousand MACs' }, height: 240 })
    return { caption: `What a MAC costs over ${axis}, MobileNet ${model.toUpperCase()}, one thread`, svg }
  })
}
