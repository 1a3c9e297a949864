import type { Graph, Model, Preprocessing, Shape } from '@depthwise/core'
import { checkParams, type OpOf, verify } from '@depthwise/core/backend'
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

/**
 * A model that begins by bringing bytes into range wants pixels as they are. One that only centres what lies between 0 and 1
 * does not; it says nothing of how its images were made.
 */
function preprocessingOf(graph: Graph): { readonly preprocessing?: Partial<Preprocessing> } {
  const readers = graph.nodes.filter(node => node.inputs.includes(graph.inputs[0] as number))
  const takesBytes = readers.length > 0 && readers.every(({ op }) => op.kind === 'affine' && isOfBytes(op))
  return takesBytes ? { preprocessing: { normalization: 'raw' } } : {}
}

/** Whether it divides by tens at least, or takes for its middle what only bytes reach. */
function isOfBytes({ scale, offset }: OpOf<'affine'>): boolean {
  return scale.some((factor, channel) => Math.abs(factor) < 0.1 || -(offset[channel] as number) / factor > 2)
}
