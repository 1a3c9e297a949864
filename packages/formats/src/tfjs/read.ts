import { FormatError, type Model, OptionError, type Shape } from '@depthwise/core'
import { asList, asObject, asString, type JsonObject, parseJson } from '../json.ts'
import { isArchitecture } from '../keras/architecture.ts'
import { decodeWeights, parseManifest, type WeightGroup } from './manifest.ts'

/** Gives the bytes of one file of a folder by its name. */
export type ReadFile = (file: string) => Promise<Uint8Array>

/** Which files of the folder are read, and what they may leave open. */
export interface ReadTfjsOptions {
  /** The JSON file of the folder. Default `model.json`. */
  readonly file?: string
  /** A file of the folder that lists labels, as Teachable Machine's `metadata.json` does. Default: none is read. */
  readonly labels?: string
  /** `[height, width, channels]` of the input, for models that leave it open. */
  readonly inputShape?: Shape
}

/**
 * Reads a folder of TensorFlow.js: a layers-model (Keras' configuration, models within it laid open) or a graph-model
 * (TensorFlow's own graph, of the ops core has), weights plain or quantised. Nodes are named as layers and ops are.
 * @param read is asked for `model.json` and the files named there
 * @throws FormatError or UnsupportedOpError naming the layer, op, weight or field; whatever `read` throws
 */
export async function readTfjs(read: ReadFile, options: ReadTfjsOptions = {}): Promise<Model> {
  const { file = 'model.json', labels: labelsFile, inputShape } = options
  if (inputShape && !inputShape.every(extent => Number.isInteger(extent) && extent > 0)) {
    throw new OptionError({ where: 'option inputShape', expected: 'positive integers', found: `[${inputShape}]` })
  }
  const json = asModel(parseJson(await read(file), file), file)
  const groups = parseManifest(json['weightsManifest'], file)
  const topology = asObject(json['modelTopology'], `${file}, field modelTopology`)
  const [tensors, labels] = await Promise.all([
    Promise.all(groups.map(group => readGroup(group, read))).then(shards => decodeWeights(groups, shards)),
    labelsFile === undefined ? undefined : readLabels(labelsFile, read),
  ])
  const isGraph = Array.isArray(topology['node'])
  const { graph, params, metadata } = isGraph
    ? (await import('./graph-model.ts')).readGraphModel(topology, tensors, { file, inputShape })
    : (await import('./layers-model.ts')).readLayersModel(topology, tensors, inputShape)
  return { graph, params, metadata: { ...metadata, ...(labels && { labels }) } }
}

/** @throws FormatError for what Keras writes beside its weights, which is also called `model.json` */
function asModel(json: unknown, file: string): JsonObject {
  const text = typeof json === 'string' && json.startsWith('{')
  if (text || (isArchitecture(json) && json['weightsManifest'] === undefined)) {
    throw new FormatError({
      where: file,
      expected: 'a model of TensorFlow.js, with a weightsManifest',
      found:
        'a Keras architecture without weights: read its .weights.h5 with readKeras, and pass this as the option architecture',
    })
  }
  return asObject(json, file)
}

async function readGroup({ paths }: WeightGroup, read: ReadFile): Promise<Uint8Array> {
  const [only, ...others] = await Promise.all(paths.map(read))
  if (only && others.length === 0) return only
  const shards = only ? [only, ...others] : []
  const bytes = new Uint8Array(shards.reduce((sum, shard) => sum + shard.length, 0))
  let at = 0
  for (const shard of shards) {
    bytes.set(shard, at)
    at += shard.length
  }
  return bytes
}

async function readLabels(file: string, read: ReadFile): Promise<readonly string[]> {
  const json = asObject(parseJson(await read(file), `"${file}"`), `"${file}"`)
  return asList(json['labels'], `"${file}", field labels`).map(label => asString(label, `"${file}", field labels`))
}
