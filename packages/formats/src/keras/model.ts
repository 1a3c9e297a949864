import { checkParams, type Graph, type Model, type Preprocessing, type Shape, verify } from '@depthwise/core'
import { asObject, isObject } from '../json.ts'
import { within } from '../within.ts'
import { type ModelConfig, parseModel } from './config.ts'
import { importModel } from './graph.ts'
import type { WeightSource } from './weights.ts'

/** What a configuration does not hold itself. */
export interface ConfigContext {
  /** Goes into the metadata of the result, and into errors. */
  readonly format: string
  readonly weightsFor: (config: ModelConfig) => WeightSource
  /** `[height, width, channels]` of the input, for models that leave it open. */
  readonly inputShape?: Shape | undefined
  /** The version of Keras that wrote the file, where the file says so. */
  readonly version?: unknown
}

/** The model of a configuration, verified whole. */
export function readConfig(json: unknown, { format, weightsFor, inputShape, version }: ConfigContext): Model {
  const config = parseModel(asObject(json, format), format)
  const isKeras3 = typeof version === 'string' ? Number.parseInt(version, 10) >= 3 : looksLikeKeras3(json)
  const context = { weights: weightsFor(config), inputShape, isKeras3 }
  const { graph, params } = within(format, () => importModel(config, context))
  within(format, () => {
    verify(graph)
    checkParams(graph, params)
  })
  return { graph, params, metadata: { format, name: config.name, ...preprocessingOf(graph) } }
}

/** Keras 3 says the shape of an input in a field of another name, and where each class comes from. */
function looksLikeKeras3(json: unknown): boolean {
  const config = isObject(json) ? json['config'] : undefined
  const layers = isObject(config) && Array.isArray(config['layers']) ? config['layers'] : []
  return layers.some(layer => isObject(layer) && isObject(layer['config']) && 'batch_shape' in layer['config'])
}

/** A model that begins by rescaling wants pixels as they are. */
function preprocessingOf(graph: Graph): { readonly preprocessing?: Partial<Preprocessing> } {
  const readers = graph.nodes.filter(node => node.inputs.includes(graph.inputs[0] as number))
  const rescales = readers.length > 0 && readers.every(node => node.op.kind === 'normalize')
  return rescales ? { preprocessing: { normalization: 'raw' } } : {}
}
