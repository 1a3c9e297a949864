import { FormatError, type Tensor } from '@depthwise/core'
import type { Hdf5Object } from '../hdf5/file.ts'

// Keras 2's `.h5`, which Keras 3 still writes: a group a layer, whose attribute `weight_names` lists its datasets.

/** One weight of a top layer, under the name its variable had. */
export interface LegacyWeight {
  /** `SCOPES/LAYER/VARIABLE`, the number of the output cut off. */
  readonly name: string
  readonly tensor: Tensor
}

/** The weights of the top layers in the order of the file, those of models within them included. */
export type LegacyWeights = ReadonlyMap<string, readonly LegacyWeight[]>

/** The group whose `layer_names` list the layers: the file itself, or `model_weights` beside a configuration. */
export function weightsGroup(root: Hdf5Object): Hdf5Object | undefined {
  const group = root.at('model_weights') ?? root
  return listed(group, 'layer_names') ? group : undefined
}

/** Reads the weights of all layers, by the names of the top ones. */
export function readLegacyWeights(group: Hdf5Object): LegacyWeights {
  const layers = listed(group, 'layer_names') ?? []
  return new Map(
    layers.map(name => [name, readLayer(group.child(name), `${group.where}, layer "${name.slice(0, 80)}"`)]),
  )
}

/** All of them by `LAYER/VARIABLE`; by their whole names where two would be called the same. */
export function namedWeights(layers: LegacyWeights): ReadonlyMap<string, Tensor> {
  const tensors = new Map<string, Tensor>()
  for (const [layer, weights] of layers) {
    for (const { name, tensor } of weights) {
      const key = [shortName(name), name, `${layer}/${name}`].find(candidate => !tensors.has(candidate))
      if (key !== undefined) tensors.set(key, tensor)
    }
  }
  return tensors
}

/** `model/block_1/conv/kernel` to `conv/kernel`: TensorFlow's scopes stand before it. */
export function shortName(name: string): string {
  return name.split('/').slice(-2).join('/')
}

function readLayer(layer: Hdf5Object | undefined, where: string): readonly LegacyWeight[] {
  if (!layer) throw new FormatError({ where, expected: 'a group', found: 'none of that name' })
  return (listed(layer, 'weight_names') ?? []).flatMap(listedName => {
    const name = listedName.replace(/:\d+$/, '')
    if (isState(name)) return []
    const dataset = layer.at(listedName)
    if (dataset) return [{ name, tensor: dataset.tensor() }]
    throw new FormatError({ where, expected: `dataset "${listedName.slice(0, 160)}"`, found: 'nothing there' })
  })
}

/** State that is not a weight: random generators, and the sample count of Normalization. Both can exceed 32 bits. */
const isState = (name: string): boolean => /(^|\/)(StateVar|seed_generator_state|count)$/.test(name)

/** A list of texts, which Keras spreads over `NAME0`, `NAME1`, ... where it does not fit one attribute of 64 KB. */
function listed(object: Hdf5Object, name: string): readonly string[] | undefined {
  const whole = object.texts(name)
  if (whole) return whole
  const parts: string[] = []
  for (let n = 0; ; n += 1) {
    const part = object.texts(`${name}${n}`)
    if (!part) return n === 0 ? undefined : parts
    parts.push(...part)
  }
}
