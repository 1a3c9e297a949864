import { recordedFolder } from './recorded-folder.ts'

/** A weight as a folder of TensorFlow.js keeps it. */
export interface StoredWeight {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: string
  readonly quantization?: { readonly dtype: string; readonly scale?: number; readonly min?: number }
  readonly bytes: Uint8Array
}

/** An op of a graph-model; attributes are put in the form of protobuf's JSON. */
export interface GraphNode {
  readonly name: string
  readonly op: string
  readonly input?: readonly string[]
  readonly attr?: Readonly<Record<string, boolean | number | string | readonly number[] | readonly string[]>>
}

/**
 * A folder: `model.json` and the files of its groups, each in shards of at most `shard` bytes.
 * @param groups `null`: the JSON is complete as it stands
 */
export function tfjsFolder(
  json: Readonly<Record<string, unknown>>,
  groups: readonly (readonly StoredWeight[])[] | null,
  shard = Infinity,
) {
  const files = new Map<string, Uint8Array>()
  const weightsManifest = groups?.map((weights, group) => {
    const bytes = Buffer.concat(weights.map(weight => weight.bytes))
    const paths: string[] = []
    for (let at = 0; at < bytes.length; at += shard) {
      const path = `group${group + 1}-shard${paths.length + 1}.bin`
      files.set(path, Uint8Array.from(bytes.subarray(at, at + shard)))
      paths.push(path)
    }
    return { paths, weights: weights.map(({ bytes: _, ...weight }) => weight) }
  })
  const whole = weightsManifest ? { ...json, weightsManifest } : json
  files.set('model.json', Uint8Array.from(Buffer.from(JSON.stringify(whole))))
  return { files, ...recordedFolder(files) }
}

export function graphModel(nodes: readonly GraphNode[]): Readonly<Record<string, unknown>> {
  const node = nodes.map(({ name, op, input, attr = {} }) => ({
    name,
    op,
    ...(input && { input }),
    attr: Object.fromEntries(Object.entries(attr).map(([key, value]) => [key, attribute(key, value)])),
  }))
  return { format: 'graph-model', modelTopology: { node, library: {}, versions: {} } }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

function attribute(key: string, value: NonNullable<GraphNode['attr']>[string]): unknown {
  if (key === 'shape') return { shape: { dim: (value as readonly number[]).map(size => ({ size: `${size}` })) } }
  if (typeof value === 'boolean') return { b: value }
  if (typeof value === 'number') return { f: value }
  if (typeof value === 'string') return { s: base64(value) }
  const list = value.map(item => (typeof item === 'string' ? base64(item) : `${item}`))
  return { list: typeof value[0] === 'string' ? { s: list } : { i: list } }
}
