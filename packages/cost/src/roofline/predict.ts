import type { Graph, NodeId } from '@depthwise/core'
import { verify } from '@depthwise/core/backend'
import { foldedGraph } from '../folded-graph.ts'
import { type KernelClass, type KernelLayer, kernelLayers } from './classes.ts'
import { portBytes, weightFootprint } from './footprint.ts'
import { type Machine, type Parts, partsOf, streaming } from './machine.ts'

/** What most of a time goes to. */
export type Bound = 'compute' | 'bandwidth' | 'overhead'

/** The time of one layer, as it is foretold. */
export interface PredictedLayer {
  readonly id: NodeId
  readonly name: string
  /** Authored nodes it computes. */
  readonly nodes: readonly NodeId[]
  readonly class: KernelClass
  readonly milliseconds: number
  readonly parts: Parts
  readonly bound: Bound
}

/** A node whose time nobody can foretell, and why. */
export interface Uncosted {
  readonly id: NodeId
  readonly name: string
  readonly kind: string
  readonly reason: string
}

/** What `predict` returns. */
export interface Prediction {
  readonly backend: string
  /** Of one run, without the nodes under `uncosted`. */
  readonly milliseconds: number
  /** Of it, what a run costs besides its layers. */
  readonly runMilliseconds: number
  readonly layers: readonly PredictedLayer[]
  readonly uncosted: readonly Uncosted[]
}

/**
 * How long one run of a graph takes on a machine, layer by layer, before anything is compiled. Any graph will do, folded or
 * not; a node that was not calibrated for is named under `uncosted`.
 * @param machine - what `calibrate` returned, here or from JSON
 * @throws GraphError or ShapeError naming the node of a broken graph
 */
export function predict(graph: Graph, machine: Machine): Prediction {
  verify(graph)
  const folded = foldedGraph(graph)
  const byte = streaming(machine.weights, weightFootprint(folded))
  const layers: PredictedLayer[] = []
  const uncosted: Uncosted[] = []
  for (const layer of kernelLayers(folded)) {
    const rates = layer.class && machine.rates[layer.class]
    if (!layer.class || !rates) uncosted.push(withoutRates(layer, machine))
    else {
      const { id, name, nodes } = layer
      const parts = partsOf(layer, rates, byte)
      layers.push({ id, name, nodes, class: layer.class, milliseconds: sum(parts), parts, bound: boundOf(parts) })
    }
  }
  const runMilliseconds = machine.run.call + machine.run.byte * portBytes(folded)
  const milliseconds = layers.reduce((all, layer) => all + layer.milliseconds, runMilliseconds)
  return { backend: machine.backend, milliseconds, runMilliseconds, layers, uncosted }
}

function withoutRates(layer: KernelLayer, { backend, missing }: Machine): Uncosted {
  const { id, name, kind } = layer
  const absent = layer.class ? (missing[layer.class] ?? 'not calibrated') : ''
  return { id, name, kind, reason: layer.reason ?? `no rate for ${layer.class} kernels on ${backend}: ${absent}` }
}

const sum = ({ compute, activations, weights, overhead }: Parts): number => compute + activations + weights + overhead

/** The largest part. */
export function boundOf({ compute, activations, weights, overhead }: Parts): Bound {
  const bandwidth = activations + weights
  if (overhead >= compute && overhead >= bandwidth) return 'overhead'
  return bandwidth > compute ? 'bandwidth' : 'compute'
}
