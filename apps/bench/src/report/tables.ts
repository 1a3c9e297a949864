import type { Tile } from '@depthwise/ops-webgpu'
import { checkClaims } from './claims.ts'
import { growthOf } from './growth.ts'
import { layerClasses } from './layer-classes.ts'
import { ceilingOf, gflops, groupKey, macsOf, oursBeside, type Report, type Row } from './report.ts'
import { groupTitle, percentOf, sizeOf, timeOf } from './words.ts'

/** Text in rows and columns, for the terminal, for Markdown and for the page alike. */
export interface TextTable {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Every table of a report, in the order in which one reads them. */
export function reportTables(report: Report): readonly TextTable[] {
  const beside = [...Map.groupBy(report.rows, groupKey).values()].filter(rows => !isGrowthOnly(rows))
  return [
    claimsTable(report),
    ...beside.map(rows => latencyTable(report, rows)),
    ...classTables(report),
    ...growthTables(report),
    ...tuningTables(report),
    coldTable(report),
    throughputTable(report),
    stoppedTable(report),
  ].filter(({ rows }) => rows.length > 0)
}

function claimsTable(report: Report): TextTable {
  return {
    title: 'Asked for, and found in this run',
    head: ['of depthwise-wasm, Node, float32, 1.0/224', 'asked for', 'found', ''],
    rows: checkClaims(report).map(({ claim, wanted, found, holds }) => [
      claim,
      wanted,
      found,
      holds ? 'holds' : 'missed',
    ]),
  }
}

/** Ours alone, on a size that is only there to see how the cost grows. */
function isGrowthOnly(rows: readonly Row[]): boolean {
  const [first] = rows
  return rows.length === 1 && first?.runtime === 'depthwise-wasm' && (first.alpha !== 1 || first.resolution !== 224)
}

/** A group side by side; how many times ours each takes, medians with medians and minima with minima. */
function latencyTable(report: Report, rows: readonly Row[]): TextTable {
  return {
    title: groupTitle(rows[0] as Row),
    head: [
      'runtime',
      'median ms',
      'min',
      'p90',
      'x ours',
      'x min',
      'GFLOP/s',
      'ceiling',
      'cold ms',
      'RSS MB',
      'brotli',
      'max diff',
    ],
    rows: rows.map(row => {
      const rate = gflops(macsOf(report, row), row.minMs)
      const beside = oursBeside(row.runtime)
      const ours = rows.find(({ runtime }) => runtime === beside)
      return [
        row.runtime,
        timeOf(row.medianMs),
        timeOf(row.minMs),
        timeOf(row.p90Ms),
        ours ? (row.medianMs / ours.medianMs).toFixed(2) : '-',
        ours ? (row.minMs / ours.minMs).toFixed(2) : '-',
        rate.toFixed(1),
        // The ceiling is the processor's.
        beside === 'depthwise-wasm' ? percentOf(rate / (ceilingOf(report, row.precision) * row.threads)) : '-',
        row.coldMs.toFixed(0),
        row.rssMB?.toFixed(0) ?? '-',
        sizeOf(row.downloadBytes),
        row.maxAbsDiff.toExponential(1),
      ]
    }),
  }
}

function classTables(report: Report): readonly TextTable[] {
  const fullSize = report.profiles.filter(({ alpha, resolution }) => alpha === 1 && resolution === 224)
  return fullSize.map(profile => ({
    title: `${profile.runtime} by kind of layer: MobileNet ${profile.model.toUpperCase()}, ${profile.precision ?? 'float32'}, one thread, ${profile.where}`,
    head: ['kind', 'groups', 'ms', 'of the time', 'MMACs', 'GFLOP/s', 'ceiling', 'GB/s at least'],
    rows: layerClasses(profile, ceilingOf(report, profile.precision)).map(own => [
      own.category,
      `${own.layers}`,
      own.ms.toFixed(2),
      percentOf(own.share),
      (own.macs / 1e6).toFixed(1),
      own.gflops.toFixed(1),
      // The ceiling is the processor's.
      profile.runtime === 'depthwise-wasm' ? percentOf(own.ofCeiling) : '-',
      own.gigabytes.toFixed(1),
    ]),
  }))
}

function growthTables(report: Report): readonly TextTable[] {
  return growthOf(report).map(({ model, axis, points, unevenness }) => ({
    title: `depthwise-wasm over ${axis}: MobileNet ${model.toUpperCase()}, one thread, node; dearest MAC ${percentOf(unevenness)} above the cheapest`,
    head: [axis, 'MMACs', 'min ms', 'median ms', 'ns a thousand MACs', 'ceiling'],
    rows: points.map(({ row, macs, nsPerKiloMac }) => [
      `${row[axis]}`,
      (macs / 1e6).toFixed(1),
      timeOf(row.minMs),
      timeOf(row.medianMs),
      nsPerKiloMac.toFixed(1),
      percentOf(gflops(macs, row.minMs) / report.ceilingGflops),
    ]),
  }))
}

/** Tile candidates on the adapter, those of a class together, the table's own first. */
function tuningTables({ tunings = [] }: Report): readonly TextTable[] {
  return tunings.map(({ model, alpha, resolution, tuning: { adapter, tiles, trials } }) => ({
    title: `depthwise-webgpu by tile: MobileNet ${model.toUpperCase()} ${alpha}/${resolution}, ${adapter}`,
    head: ['layers', 'pixels x groups', 'shared by', 'workgroup', 'ms', 'apart', ''],
    rows: trials.map(({ layer, tile, milliseconds, apart, refused }) => [
      layer,
      `${tile.pixels}x${tile.groups}`,
      `${tile.split}`,
      `${tile.workgroup}`,
      milliseconds === null ? '-' : milliseconds.toFixed(3),
      apart === undefined ? '' : apart.toFixed(3),
      refused ?? (isSame(tiles[layer], tile) ? 'chosen' : ''),
    ]),
  }))
}

const isSame = (a: Tile | undefined, b: Tile): boolean =>
  a?.pixels === b.pixels && a.groups === b.groups && a.split === b.split && a.workgroup === b.workgroup

/** Stages of the middle cold start, of rows on one thread at full size. */
function coldTable(report: Report): TextTable {
  const shown = report.details.filter(
    ({ threads, alpha, resolution, precision }) =>
      threads === 1 && alpha === 1 && resolution === 224 && precision === 'float32',
  )
  const said = (stages: readonly { readonly name: string; readonly milliseconds: number }[]): string =>
    stages.map(({ name, milliseconds }) => `${name} ${timeOf(milliseconds)}`).join(', ')
  return {
    title: 'Cold start, import to first result, one thread',
    head: ['runtime', 'network', 'where', 'ms', 'stages', 'within'],
    rows: shown.map(({ runtime, model, where, coldMs, stages, spans }) => [
      runtime,
      model,
      where,
      timeOf([...coldMs].sort((a, b) => a - b)[Math.floor((coldMs.length - 1) / 2)] ?? 0),
      said(stages),
      said(spans),
    ]),
  }
}

function throughputTable({ throughput }: Report): TextTable {
  return {
    title: 'Throughput on all cores',
    head: ['runtime', 'network', 'where', 'processes', 'threads each', 'images/s'],
    rows: throughput.map(({ runtime, model, alpha, resolution, where, processes, threads, imagesPerSecond }) => [
      runtime,
      `${model} ${alpha}/${resolution}`,
      where,
      `${processes}`,
      `${threads}`,
      imagesPerSecond.toFixed(1),
    ]),
  }
}

function stoppedTable({ stopped }: Report): TextTable {
  return {
    title: 'Rows that are not there',
    head: ['runtime', 'row', 'why'],
    rows: stopped.map(({ reason, ...row }) => [row.runtime, groupTitle(row), reason]),
  }
}
