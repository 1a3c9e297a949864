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
  for (const name of root.names()) {
    const path = pathOfWindows(name)
    const layer = path === null ? undefined : root.child(name)
    if (path !== null && layer?.isGroup) collectVariables(layer, path, tensors)
  }
  return tensors
}

/** Whether a file keeps its layers in that way. */
export function isVersion3(root: Hdf5Object): boolean {
  return lists.some(list => root.child(list)?.isGroup) || root.names().some(name => pathOfWindows(name) !== null)
}

/**
 * The path of a layer out of a group name such as `layers\functional\layers\conv2d`; null for others. On Windows, the last
 * versions of Keras 2 join paths by backslashes, which are part of a name in HDF5: all groups then stand side by side.
 */
function pathOfWindows(name: string): string | null {
  const parts = name.split('\\')
  const isPath = parts.length > 1 && parts.length % 2 === 0 && parts.every((part, i) => i % 2 === 1 || isList(part))
  return isPath ? parts.map((part, i) => (i % 2 === 1 ? part : 'layers')).join('/') : null
}

const isList = (name: string): boolean => lists.some(list => list === name)

function collect(group: Hdf5Object, path: string, tensors: Map<string, Tensor>): void {
  for (const list of lists) {
    const layers = group.child(list)
    if (!layers?.isGroup) continue
    for (const slot of layers.names()) {
      const layer = layers.child(slot)
      if (!layer?.isGroup) continue
      const here = `${path}layers/${slot}`
      collectVariables(layer, here, tensors)
      collect(layer, `${here}/`, tensors)
    }
  }
}

function collectVariables(layer: Hdf5Object, path: string, tensors: Map<string, Tensor>): void {
  const variables = layer.child('vars')
  for (const index of variables?.isGroup ? variables.names() : []) {
    const dataset = variables?.child(index)
    if (dataset) tensors.set(`${path}/vars/${index}`, dataset.tensor())
  }
}

export function version3Source(tensors: ReadonlyMap<string, Tensor>): WeightSource {
  return (path, { index }) => tensors.get(`${path.map(({ slot }) => `layers/${slot}`).join('/')}/vars/${index}`)
}
