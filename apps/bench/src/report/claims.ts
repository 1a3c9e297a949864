import type { Runtime } from '../peers/peer.ts'
import type { ModelName } from '../subject/subject.ts'
import { growthOf } from './growth.ts'
import { layerClasses } from './layer-classes.ts'
import { gflops, macsOf, type Report, type Row } from './report.ts'
import { percentOf, sizeOf, timeOf } from './words.ts'

/** Something asked of the wasm backend, and what this report says of it. */
export interface Claim {
  readonly claim: string
  readonly wanted: string
  readonly found: string
  readonly holds: boolean
}

const models: readonly ModelName[] = ['v1', 'v2']
const ceilingShares: Readonly<Record<ModelName, number>> = { v1: 0.9, v2: 0.87 }
/** How many times as fast as each peer, on one thread. */
const speedups: readonly { readonly peer: Runtime; readonly times: Readonly<Record<ModelName, number>> }[] = [
  { peer: 'litert', times: { v1: 1.45, v2: 1.5 } },
  { peer: 'ort-web', times: { v1: 2.2, v2: 2.2 } },
  { peer: 'tfjs-wasm', times: { v1: 1.8, v2: 1.8 } },
]
const wasmPeers: readonly Runtime[] = ['litert', 'ort-web', 'tfjs-wasm']
const threadSpeedup = 1.8
const minClassShare = 0.5
const unevenness = 0.3
const coldMs = 80
const download = 35_000

/** Every claim that the report has the rows for; full-size float networks in Node. */
export function checkClaims(report: Report): readonly Claim[] {
  return [
    ...models.flatMap(model => ceilingClaim(report, model)),
    ...classClaims(report),
    ...speedups.flatMap(({ peer, times }) => models.flatMap(model => speedClaim(report, model, peer, times[model]))),
    ...models.flatMap(model => plainClaim(report, model)),
    ...models.flatMap(model => threadClaim(report, model)),
    ...growthClaims(report),
    ...startClaims(report),
  ]
}

function find(report: Report, runtime: Runtime, model: ModelName, threads = 1): Row | undefined {
  return report.rows.find(
    row =>
      row.runtime === runtime &&
      row.model === model &&
      row.threads === threads &&
      row.where === 'node' &&
      row.alpha === 1 &&
      row.resolution === 224 &&
      row.precision === 'float32',
  )
}

const name = (model: ModelName): string => model.toUpperCase()

function ceilingClaim(report: Report, model: ModelName): readonly Claim[] {
  const row = find(report, 'depthwise-wasm', model)
  if (!row) return []
  const share = gflops(macsOf(report, row), row.minMs) / report.ceilingGflops
  const wanted = ceilingShares[model]
  return [
    {
      claim: `share of the ceiling over all of ${name(model)}`,
      wanted: `at least ${percentOf(wanted)}`,
      found: `${percentOf(share)} (${timeOf(row.minMs)} ms)`,
      holds: share >= wanted,
    },
  ]
}

/** A kind of layer that arithmetic does not bound (pools, views) has no share to speak of. */
function classClaims(report: Report): readonly Claim[] {
  return report.profiles
    .filter(({ runtime, alpha, resolution }) => runtime === 'depthwise-wasm' && alpha === 1 && resolution === 224)
    .filter(({ precision = 'float32' }) => precision === 'float32')
    .map(profile => {
      const classes = layerClasses(profile, report.ceilingGflops).filter(({ macs }) => macs > 0)
      const low = classes.filter(({ ofCeiling }) => ofCeiling < minClassShare)
      const said = low.map(({ category, ofCeiling, ms, gigabytes }) => {
        return `${category} ${percentOf(ofCeiling)} (${ms.toFixed(2)} ms, moves ${gigabytes.toFixed(1)} GB/s)`
      })
      return {
        claim: `every kind of layer of ${name(profile.model)}`,
        wanted: `at least ${percentOf(minClassShare)} of the ceiling, unless its bytes explain it`,
        found: said.join('; ') || 'all of them',
        holds: low.length === 0,
      }
    })
}

/** Both by medians and by minima: a ratio of unlike figures would say nothing. */
function speedClaim(report: Report, model: ModelName, peer: Runtime, times: number): readonly Claim[] {
  const [ours, theirs] = [find(report, 'depthwise-wasm', model), find(report, peer, model)]
  return ours && theirs ? [ratioClaim(`${name(model)}: as fast as ${peer}`, theirs, ours, times)] : []
}

function ratioClaim(claim: string, slow: Row, fast: Row, times: number): Claim {
  const [medians, minima] = [slow.medianMs / fast.medianMs, slow.minMs / fast.minMs]
  return {
    claim,
    wanted: `at least ${times.toFixed(2)} times`,
    found: `${medians.toFixed(2)} by medians, ${minima.toFixed(2)} by minima`,
    holds: Math.min(medians, minima) >= times,
  }
}

function plainClaim(report: Report, model: ModelName): readonly Claim[] {
  const plain = find(report, 'depthwise-wasm-norelaxed', model)
  const rivals = wasmPeers.flatMap(peer => find(report, peer, model) ?? [])
  if (!plain || rivals.length === 0) return []
  const fastest = rivals.reduce((best, row) => (row.medianMs < best.medianMs ? row : best))
  return [
    ratioClaim(
      `${name(model)} without relaxed SIMD: as fast as the fastest peer, ${fastest.runtime}`,
      fastest,
      plain,
      1,
    ),
  ]
}

function threadClaim(report: Report, model: ModelName): readonly Claim[] {
  const [one, two] = [find(report, 'depthwise-wasm', model), find(report, 'depthwise-wasm', model, 2)]
  return one && two ? [ratioClaim(`${name(model)}: two threads as fast as one`, one, two, threadSpeedup)] : []
}

function growthClaims(report: Report): readonly Claim[] {
  return growthOf(report).map(({ model, axis, unevenness: found }) => ({
    claim: `what a MAC costs over ${axis}, ${name(model)}`,
    wanted: `the dearest at most ${percentOf(unevenness)} above the cheapest`,
    found: percentOf(found),
    holds: found <= unevenness,
  }))
}

function startClaims(report: Report): readonly Claim[] {
  const row = find(report, 'depthwise-wasm', 'v2')
  if (!row) return []
  const start: Claim = {
    claim: 'V2 from import to the first result, weights in memory',
    wanted: `under ${coldMs} ms`,
    found: `${row.coldMs.toFixed(0)} ms`,
    holds: row.coldMs < coldMs,
  }
  if (row.downloadBytes === null) return [start]
  const size: Claim = {
    claim: 'download, brotli',
    wanted: `at most ${sizeOf(download)}`,
    found: sizeOf(row.downloadBytes),
    holds: row.downloadBytes <= download,
  }
  return [start, size]
}
