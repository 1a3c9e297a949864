import { checkParams, type Graph, type Model, type Preprocessing, type Shape, verify } from '@depthwise/core'
import { asObject } from '../json.ts'
import { within } from '../within.ts'
import { parseModel } from './config.ts'
import { importModel } from './graph.ts'
import type { WeightSource } from './weights.ts'

/** The model of a configuration, verified whole. */
export function readConfig(json: unknown, weights: WeightSource, format: string, inputShape?: Shape): Model {
  const config = parseModel(asObject(json, format), format)
  const { graph, params } = within(format, () => importModel(config, weights, inputShape))
  within(format, () => {
    verify(graph)
    checkParams(graph, params)
  })
  return { graph, params, metadata: { format, name: config.name, ...preprocessingOf(graph) } }
}

/** A model that begins by rescaling wants pixels as they are. */
function preprocessingOf(graph: Graph): { readonly preprocessing?: Partial<Preprocessing> } {
  const readers = graph.nodes.filter(node => node.inputs.includes(graph.inputs[0] as number))
  const rescales = readers.length > 0 && readers.every(node => node.op.kind === 'normalize')
  return rescales ? { preprocessing: { normalization: 'raw' } } : {}
}
