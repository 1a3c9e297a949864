import { type BytesLike, type Model, OptionError, type Shape } from '@depthwise/core'
import { elementCount, toBytes } from '@depthwise/core/backend'
import { elementTypes } from '../elements.ts'
import { refuseOtherFolders, refuseOthers, refuseWithoutJson } from '../identify/index.ts'
import { asObject, parseJson } from '../json.ts'
import { decodeWeights, parseManifest, type WeightGroup } from './manifest.ts'
import { readFolderMetadata } from './teachable-machine.ts'

/** Gives the bytes of one file of a folder by its name. */
export type ReadFile = (file: string) => Promise<BytesLike>

/** Which files of the folder are read, and what they may leave open. */
export interface ReadTfjsOptions {
  /** The JSON file of the folder. Default `model.json`. */
  readonly file?: string
  /**
   * A file of the folder that lists labels, as Teachable Machine's `metadata.json` does, which also settles crop and
   * normalization. Default: none is read.
   */
  readonly labels?: string
  /** `[height, width, channels]` of the input, for models that leave it open. */
  readonly inputShape?: Shape
}

/** Reads a folder of TensorFlow.js. `readTfjs` says what comes out, and what is thrown. */
export async function readTfjsFolder(read: ReadFile, options: ReadTfjsOptions): Promise<Model> {
  const { file = 'model.json', labels: labelsFile, inputShape } = options
  if (inputShape && !inputShape.every(extent => Number.isInteger(extent) && extent > 0)) {
    throw new OptionError({ where: 'option inputShape', expected: 'positive integers', found: `[${inputShape}]` })
  }
  const bytesOf = async (name: string): Promise<Uint8Array> => toBytes(await read(name), `"${name}"`)
  const jsonOf = async (name: string): Promise<Uint8Array> => {
    const bytes = await bytesOf(name)
    refuseWithoutJson(bytes, `"${name}"`)
    return bytes
  }
  const model = await bytesOf(file)
  refuseOtherFolders(model, file, 'the model.json of a TensorFlow.js folder', 'tfjs')
  const json = asObject(parseJson(model, file), file)
  const groups = parseManifest(json['weightsManifest'], file)
  const topology = asObject(json['modelTopology'], `${file}, field modelTopology`)
  const [tensors, described] = await Promise.all([
    Promise.all(groups.map(group => readGroup(group, bytesOf))).then(shards => decodeWeights(groups, shards)),
    labelsFile === undefined ? undefined : jsonOf(labelsFile),
  ])
  const isGraph = Array.isArray(topology['node'])
  const { graph, params, metadata } = isGraph
    ? (await import('./graph-model.ts')).readGraphModel(topology, tensors, { file, inputShape })
    : (await import('./layers-model.ts')).readLayersModel(topology, tensors, inputShape)
  if (labelsFile === undefined || !described) return { graph, params, metadata }
  const own = readFolderMetadata(described, labelsFile, graph)
  // A model that rescales bytes itself has no use for the range.
  const preprocessing = { ...own.preprocessing, ...metadata.preprocessing }
  return { graph, params, metadata: { ...metadata, ...own, ...(own.preprocessing && { preprocessing }) } }
}

type ReadBytes = (file: string) => Promise<Uint8Array>

async function readGroup({ paths, weights }: WeightGroup, read: ReadBytes): Promise<Uint8Array> {
  const files = await Promise.all(paths.map(read))
  checkShards(paths, files, weights)
  const [only, ...others] = files
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

/** Files of another size than their weights may be something else, such as the page of a server that lacks them. */
function checkShards(paths: readonly string[], files: readonly Uint8Array[], weights: WeightGroup['weights']): void {
  const size = weights.reduce((sum, { shape, stored }) => sum + elementCount(shape) * elementTypes[stored].width, 0)
  if (size === files.reduce((sum, file) => sum + file.length, 0)) return
  for (const [index, file] of files.entries()) {
    if (file.length > 0) refuseOthers(file, `"${paths[index]}"`, `weights of ${size} bytes`, [])
  }
}
