import type { Tensor } from '@depthwise/core'
import type { Hdf5Object } from '../hdf5/file.ts'
import type { WeightSource } from './weights.ts'

// Keras 3's `.weights.h5`, alone or within a `.keras`: groups by the class of each layer and its number, variables numbered.

/** What the lists of layers are called: by Keras 3, and by the last versions of Keras 2. */
const lists = ['layers', '_layer_checkpoint_dependencies'] as const

/** All weights, by the path of slots and the number of the variable: `layers/conv2d_1/vars/0`. */
export function readVersion3Weights(root: Hdf5Object): ReadonlyMap<string, Tensor> {
  const tensors = new Map<string, Tensor>()
  collect(root, '', tensors)
  return tensors
}

/** Whether a file keeps its layers in that way. */
export function isVersion3(root: Hdf5Object): boolean {
  return lists.some(list => root.child(list)?.isGroup)
}

function collect(group: Hdf5Object, path: string, tensors: Map<string, Tensor>): void {
  for (const list of lists) {
    const layers = group.child(list)
    if (!layers?.isGroup) continue
    for (const slot of layers.names()) {
      const layer = layers.child(slot)
      if (!layer?.isGroup) continue
      const here = `${path}layers/${slot}`
      const variables = layer.child('vars')
      for (const index of variables?.isGroup ? variables.names() : []) {
        const dataset = variables?.child(index)
        if (dataset) tensors.set(`${here}/vars/${index}`, dataset.tensor())
      }
      collect(layer, `${here}/`, tensors)
    }
  }
}

export function version3Source(tensors: ReadonlyMap<string, Tensor>): WeightSource {
  return (path, { index }) => tensors.get(`${path.map(({ slot }) => `layers/${slot}`).join('/')}/vars/${index}`)
}
