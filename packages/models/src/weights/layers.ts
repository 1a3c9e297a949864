import { networks } from '../networks/networks.ts'
import type { Layer, NetworkSpec } from '../networks/spec.ts'
import type { NamedPlace } from '../networks/weight-names.ts'

/** A layer with weights, in the terms of a spec and by the nodes that hold its weights. */
export interface WeightedLayer extends NamedPlace {
  /** The nodes that may be its product: a classifier is a dense layer under some presets, a 1x1 convolution under others. */
  readonly nodes: readonly string[]
  /** Its line in the spec; `null` for the classifier, which all networks share. */
  readonly layer: Layer | null
}

const classifier: WeightedLayer = {
  part: 'classifier',
  block: 0,
  name: 'predictions',
  norm: null,
  nodes: ['predictions', 'conv_preds'],
  layer: null,
}

/** The layers of a network that have weights, in the order in which they run. */
export function layersOf(network: NetworkSpec['name']): readonly WeightedLayer[] {
  const layers = networks[network].blocks().flatMap(block => block.layers)
  return [...layers.map(layer => ({ ...layer, nodes: [layer.name], layer })), classifier]
}
