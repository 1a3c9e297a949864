import { type Graph, type Op, type Tensor, tensor } from '@depthwise/core'
import type { LayerSpec } from '@depthwise/testing/files/keras-configs'

/** 0.5, 1, 1.5, ... in a shape. */
export function counting(shape: readonly number[], from = 0): Tensor {
  const count = shape.reduce((a, b) => a * b, 1)
  return tensor(
    shape,
    Float32Array.from({ length: count }, (_, i) => (from + i + 1) / 2),
  )
}

export const image: LayerSpec = {
  className: 'InputLayer',
  name: 'image',
  config: { batch_input_shape: [null, 4, 6, 2] },
}

/** The ops of a graph without the names of parameters, which importers choose. */
export const ops = (graph: Graph): readonly Op[] => graph.nodes.map(({ op }) => op)
