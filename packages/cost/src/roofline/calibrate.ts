import { type Backend, BackendUnavailableError, type Graph, type Signal, UnsupportedOpError } from '@depthwise/core'
import { foldedGraph } from '../folded-graph.ts'
import type { Measured } from './best-times.ts'
import { type KernelClass, type KernelLayer, kernelLayers } from './classes.ts'
import { portBytes, weightFootprint } from './footprint.ts'
import { nonNegativeLeastSquares } from './least-squares.ts'
import { features, type Machine, type Rates, rateNames, type Streaming, streaming } from './machine.ts'
import { measure, type Patience } from './measure.ts'
import { type Sample, samples, streamingFootprints, streamingGraph } from './samples.ts'

/** How carefully to measure. */
export interface CalibrateOptions {
  /** The least time spent on each of the samples, of which there are about sixty. Default 25 ms. */
  readonly milliseconds?: number
  readonly signal?: Signal
}

/** One measurement: layers that were timed together, in a network whose weights stream at some rate. */
interface Observation {
  readonly layers: readonly KernelLayer[]
  readonly byte: number
  readonly milliseconds: number
}

const classes: readonly KernelClass[] = [
  ...(['stem', 'convolution', 'pointwise', 'depthwise', 'dense', 'element'] as const),
  ...(['sigmoid', 'softmax', 'pool', 'globalPool', 'pad', 'concat'] as const),
]

/**
 * Measures what a backend does on this machine: for each class of kernels its ceiling, bandwidth and overhead, how fast weights
 * stream, and what a run costs besides its layers. From some sixty small graphs, no network among them; a few seconds where
 * the backend is fast. Nothing is known of the backend but what `profile` tells: a kernel that computes several layers counts as
 * their sum.
 *
 * The model adds: `time = FLOPs · a + bytes read · b + bytes written · c + weights · d + e`, all five at least 0, fitted to
 * relative errors. A classic roofline (Williams, Waterman and Patterson, 2009) takes the largest of the parts, as if the others
 * were hidden behind it; kernels hide some of it, and what they hide has a small coefficient here.
 * @throws BackendUnavailableError when the backend cannot run here
 */
export async function calibrate(backend: Backend, options: CalibrateOptions = {}): Promise<Machine> {
  const { milliseconds = 25, signal } = options
  const { available, features: used, reasons } = await backend.probe()
  if (!available) {
    const where = `backend ${backend.name}`
    throw new BackendUnavailableError({ where, expected: 'one that runs here', found: reasons.join('; ') })
  }
  const patience: Patience = { rounds: 3, milliseconds, signal }
  const streams = await measureStreaming(backend, patience)
  const weights = streams.map(({ footprint, measured }) => ({ footprint, byte: total(measured) / footprint }))
  const missing: Partial<Record<KernelClass, string>> = {}
  const observations = streams.flatMap(({ graph, measured }) => observe(graph, measured, weights))
  const runs: { readonly rest: number; readonly bytes: number }[] = []
  for (const each of samples) {
    const graph = each.build()
    const measured = await attempt(each, missing, () => measure(backend, graph, patience))
    if (!measured) continue
    observations.push(...observe(graph, measured, weights))
    runs.push({ rest: measured.run - total(measured), bytes: portBytes(graph) })
  }
  const rates = fit(observations)
  for (const name of classes) if (!rates[name]) missing[name] ??= 'the backend gave no timings of it'
  return { backend: backend.name, features: used, rates, weights, run: fitRun(runs), missing }
}

/** What a backend does not implement it need not be measured at. */
async function attempt(
  { class: name }: Sample,
  missing: Partial<Record<KernelClass, string>>,
  work: () => Promise<Measured>,
): Promise<Measured | null> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof UnsupportedOpError)) throw error
    if (name !== 'block') missing[name] = error.message
    return null
  }
}

interface Stream {
  readonly footprint: number
  readonly graph: Graph
  readonly measured: Measured
}

async function measureStreaming(backend: Backend, patience: Patience): Promise<readonly Stream[]> {
  const streams: Stream[] = []
  for (const footprint of streamingFootprints) {
    const graph = streamingGraph(footprint)
    streams.push({ footprint, graph, measured: await measure(backend, graph, patience) })
  }
  return streams
}

/** Each unit that was timed, with the layers it computes. */
function observe(graph: Graph, { layers: timings }: Measured, weights: readonly Streaming[]): readonly Observation[] {
  const layers = kernelLayers(foldedGraph(graph))
  const byte = streaming(weights, weightFootprint(graph))
  return timings.flatMap(({ nodes, milliseconds }) => {
    const computed = layers.filter(layer => layer.nodes.some(id => nodes.includes(id)))
    return computed.length > 0 && milliseconds > 0 ? [{ layers: computed, byte, milliseconds }] : []
  })
}

const total = ({ layers }: Measured): number => layers.reduce((sum, { milliseconds }) => sum + milliseconds, 0)

/** All classes at once: a fused block speaks for several. */
function fit(observations: readonly Observation[]): Partial<Record<KernelClass, Rates>> {
  const width = rateNames.length
  const rows = observations.map(({ layers, byte, milliseconds }) => {
    const row = new Array<number>(classes.length * width).fill(0)
    for (const layer of layers) {
      if (!layer.class) continue
      const start = classes.indexOf(layer.class) * width
      for (const [index, feature] of features(layer, byte).entries()) row[start + index]! += feature / milliseconds
    }
    return row
  })
  const solution = nonNegativeLeastSquares(rows, classes.length * width)
  const errors = rows.map(row => Math.abs(row.reduce((sum, value, j) => sum + value * (solution[j] as number), 0) - 1))
  const entries = classes.flatMap((name, index) => {
    const own = observations.flatMap(({ layers }, at) =>
      layers.every(layer => layer.class === name) ? [errors[at] as number] : [],
    )
    const known = observations.some(({ layers }) => layers.some(layer => layer.class === name))
    if (!known) return []
    const [operation, read, written, weights, call] = solution.slice(index * width) as [
      number,
      number,
      number,
      number,
      number,
    ]
    return [[name, { operation, read, written, weights, call, samples: own.length, error: median(own) }] as const]
  })
  return Object.fromEntries(entries)
}

/** Of the runs: what is left beside the layers, by bytes that go in and out. */
function fitRun(runs: readonly { readonly rest: number; readonly bytes: number }[]): Machine['run'] {
  // The smallest run tells the fixed part; the others, what a byte adds.
  const call = Math.max(0, Math.min(...runs.map(({ rest }) => rest)))
  // Of few bytes it would tell the noise of the clock.
  const telling = runs.toSorted((a, b) => b.bytes - a.bytes).slice(0, Math.ceil(runs.length / 2))
  const byte = median(telling.map(({ rest, bytes }) => Math.max(0, rest - call) / bytes))
  return { call, byte }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
