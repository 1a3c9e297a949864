import { FormatError, type Tensor } from '@depthwise/core'
import type { Hdf5Object } from '../hdf5/file.ts'
import type { WeightSource } from './weights.ts'

// Keras 2's `.h5`, which Keras 3 still writes: a group a layer, whose attribute `weight_names` lists its datasets.

/** The weights of one top layer by `LAYER/VARIABLE`: those of models within it under the names of their own layers. */
export type LayerWeights = ReadonlyMap<string, Tensor>

/** The group whose `layer_names` list the layers: the file itself, or `model_weights` beside a configuration. */
export function weightsGroup(root: Hdf5Object): Hdf5Object | undefined {
  const group = root.at('model_weights') ?? root
  return listed(group, 'layer_names') ? group : undefined
}

/** Reads the weights of all layers, by the names of the top ones. */
export function readLegacyWeights(group: Hdf5Object): ReadonlyMap<string, LayerWeights> {
  const layers = listed(group, 'layer_names') ?? []
  return new Map(
    layers.map(name => [name, readLayer(group.child(name), `${group.where}, layer "${name.slice(0, 80)}"`)]),
  )
}

function readLayer(layer: Hdf5Object | undefined, where: string): LayerWeights {
  if (!layer) throw new FormatError({ where, expected: 'a group', found: 'none of that name' })
  const names = listed(layer, 'weight_names') ?? []
  return new Map(
    names.map(name => {
      const dataset = layer.at(name)
      if (dataset) return [variableOf(name), dataset.tensor()]
      throw new FormatError({ where, expected: `dataset "${name.slice(0, 160)}"`, found: 'nothing there' })
    }),
  )
}

/** `model/block_1/conv/kernel:0` to `conv/kernel`: TensorFlow's scopes stand before it, the output's number behind. */
export function variableOf(name: string): string {
  return name.replace(/:\d+$/, '').split('/').slice(-2).join('/')
}

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

/** Finds weights by the name of the top layer and of the layer itself, whatever scope their own names give. */
export function legacySource(layers: ReadonlyMap<string, LayerWeights>): WeightSource {
  return (path, { name }) => {
    const top = layers.get(path[0]?.name ?? '')
    const own = top?.get(`${path.at(-1)?.name}/${name}`)
    if (own || path.length > 1) return own
    // A layer that was renamed keeps the old name in its variables; in a group of its own, the variable alone will do.
    return [...(top ?? [])].find(([variable]) => variable.endsWith(`/${name}`) || variable === name)?.[1]
  }
}
