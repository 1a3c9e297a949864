import type { Graph, LayerTiming } from '@depthwise/core'
import type { Machine, Parts } from './machine.ts'
import { type Bound, boundOf, type PredictedLayer, type Prediction, predict } from './predict.ts'

/** One unit of a profile beside what was foretold of the layers it computes. */
export interface ExplainedLayer {
  readonly name: string
  readonly kernel: string
  /** Layers of the folded graph it computes, by name. */
  readonly layers: readonly string[]
  readonly measured: number
  /** Null where no part of it could be foretold. */
  readonly predicted: number | null
  /** Measured over predicted. */
  readonly ratio: number | null
  readonly bound: Bound | null
  /** Whether it takes longer than its ceiling allows, by more than the tolerance, and by enough to matter. */
  readonly short: boolean
}

/** What `explain` returns. */
export interface Explanation {
  readonly measured: number
  readonly predicted: number
  readonly layers: readonly ExplainedLayer[]
  /** The layers that fall short, those that lose most first. */
  readonly short: readonly ExplainedLayer[]
  readonly uncosted: Prediction['uncosted']
}

/** What counts as falling short. */
export interface ExplainOptions {
  /** How much longer than foretold a layer may take. Default 1.3 times. */
  readonly tolerance?: number
  /** The loss that is worth a word, as a share of the whole. Default 0.5 %. */
  readonly share?: number
}

/**
 * Sets a profile beside the prediction, and names the layers that fall short of what the machine was seen to do, and what binds
 * each: compute, bandwidth or overhead.
 * @param profile - what `profile` of an executable of this graph returned
 * @throws GraphError or ShapeError naming the node of a broken graph
 */
export function explain(
  profile: readonly LayerTiming[],
  graph: Graph,
  machine: Machine,
  { tolerance = 1.3, share = 0.005 }: ExplainOptions = {},
): Explanation {
  const prediction = predict(graph, machine)
  const measured = profile.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  const taken = new Set<PredictedLayer>()
  const layers = profile.map(({ name, kernel, nodes, milliseconds }): ExplainedLayer => {
    const own = prediction.layers.filter(layer => !taken.has(layer) && layer.nodes.some(id => nodes.includes(id)))
    for (const layer of own) taken.add(layer)
    const about = { name, kernel, layers: own.map(layer => layer.name), measured: milliseconds }
    // A unit of which a part is unknown cannot be held against the rest.
    const unknown = prediction.uncosted.some(({ id }) => nodes.includes(id))
    if (own.length === 0 || unknown) return { ...about, predicted: null, ratio: null, bound: null, short: false }
    const predicted = own.reduce((sum, layer) => sum + layer.milliseconds, 0)
    const ratio = milliseconds / predicted
    const short = ratio > tolerance && milliseconds - predicted > share * measured
    return { ...about, predicted, ratio, bound: boundOf(addParts(own)), short }
  })
  const lost = ({ measured: took, predicted }: ExplainedLayer): number => took - (predicted ?? took)
  return {
    measured,
    predicted: layers.reduce((sum, { predicted }) => sum + (predicted ?? 0), 0),
    layers,
    short: layers.filter(layer => layer.short).toSorted((a, b) => lost(b) - lost(a)),
    uncosted: prediction.uncosted,
  }
}

function addParts(layers: readonly PredictedLayer[]): Parts {
  const sum = (name: keyof Parts): number => layers.reduce((all, { parts }) => all + parts[name], 0)
  return {
    compute: sum('compute'),
    activations: sum('activations'),
    weights: sum('weights'),
    overhead: sum('overhead'),
  }
}
