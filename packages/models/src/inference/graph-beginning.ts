import {
  freshId,
  freshName,
  type Graph,
  type Node,
  type Normalization,
  nodeLabel,
  OptionError,
  ShapeError,
} from '@depthwise/core'
import { normalizationAffine } from '../pixels/index.ts'
import { pictureInput } from './picture-input.ts'

/**
 * The graph with the bytes of RGB pixels as its input, under the input's name: what they become is part of it. A graph that
 * takes bytes already is kept, since it normalises them itself.
 * @throws ShapeError when the graph takes no RGB picture, OptionError for an unknown normalization
 */
export function beginInBytes(graph: Graph, normalization: Normalization): Graph {
  const { channels, dtype, name } = pictureInput(graph)
  const input = graph.nodes.find(node => node.name === name) as Node
  if (channels !== 3) {
    throw new ShapeError({ where: nodeLabel(input), expected: '3 channels, for RGB pixels', found: `${channels}` })
  }
  if (dtype === 'uint8') return graph
  const id = freshId(graph)
  const bytes: Node = { ...input, id, dtype: 'uint8' }
  const { order, ...affine } = normalizationAffine(normalization)
  if (order === 'bgr') {
    throw new OptionError({ where: 'normalization.order', expected: 'rgb for a graph that takes bytes', found: order })
  }
  const op = { kind: 'normalize', ...affine } as const
  const reals: Node = { ...input, op, inputs: [id], name: freshName(graph, `${name}_normalized`) }
  const nodes = graph.nodes.flatMap(node => (node === input ? [bytes, reals] : [node]))
  return { ...graph, nodes, inputs: [id] }
}
