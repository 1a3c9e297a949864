import {
  type ElementType,
  type Graph,
  type Network,
  type Node,
  type Normalization,
  type Op,
  OptionError,
  ShapeError,
  tensor,
} from '@depthwise/core'
import { freshId, freshName, nodeLabel, type PerTensorQuantization } from '@depthwise/core/backend'
import { normalizationAffine } from '../pixels/index.ts'
import { imageInput } from './image-input.ts'
import { isQuantizedPixels } from './quantized-pixels.ts'
import { takeReals } from './real-ends.ts'

/**
 * The graph, or the network, with the bytes of RGB pixels as its input, under the input's name: what they become is part of it.
 * A graph that takes plain bytes already is kept, since it normalises them itself. A quantized input whose integers are those of
 * pixels takes these as they are; for another one they are normalised, and quantized as the input is. Where the normalization's
 * order is `bgr`, a 1x1 convolution reorders the channels, exactly; its weights are a parameter, which only a network has room for.
 * @throws ShapeError when the graph takes no RGB image; OptionError for an unknown normalization, and for the order `bgr`
 * where a graph alone is given
 */
export function beginInBytes(graph: Graph, normalization: Normalization): Graph
export function beginInBytes<N extends Network>(network: N, normalization: Normalization): N
export function beginInBytes(given: Graph | Network, normalization: Normalization): Graph | Network {
  const network = 'graph' in given ? given : null
  const graph = 'graph' in given ? given.graph : given
  const { channels, dtype, quantization, name } = imageInput(graph)
  const named = ({ nodes }: Graph): Node => nodes.find(node => node.name === name) as Node
  if (channels !== 3) {
    const where = nodeLabel(named(graph))
    throw new ShapeError({ where, expected: '3 channels, for RGB pixels', found: `${channels}` })
  }
  if (dtype === 'uint8' && !quantization) return given
  const affine = normalizationAffine(normalization)
  const { scale, offset, order } = affine
  const reals = takeReals(graph)
  if (order !== 'bgr') {
    const begun =
      quantization && isQuantizedPixels(dtype, quantization, affine)
        ? beginInPixels(graph, named(graph), quantization)
        : precede(reals, named(reals), { normalized: { kind: 'affine', scale, offset } })
    return network ? { ...network, graph: begun } : begun
  }
  if (!network) {
    const expected = 'rgb, or a network in place of its graph'
    throw new OptionError({ where: 'normalization.order of beginInBytes', expected, found: order })
  }
  let weights = `${name}/order`
  while (network.params.has(weights)) weights += '_'
  return {
    ...network,
    params: new Map([...network.params, [weights, tensor([1, 1, 3, 3], [0, 0, 1, 0, 1, 0, 1, 0, 0])]]),
    graph: precede(reals, named(reals), {
      normalized: { kind: 'affine', scale: [...scale].reverse(), offset: [...offset].reverse() },
      ordered: { ...pointwise, weights },
    }),
  }
}

/** As `beginInBytes`, for a network of any number of channels whose bytes are in its own order. */
export function normalizeBytes(network: Network, normalization: Normalization): Network {
  const { channels, name } = imageInput(network.graph)
  const input = network.graph.nodes.find(node => node.name === name) as Node
  const { scale, offset } = normalizationAffine(normalization, channels)
  return { ...network, graph: precede(network.graph, input, { normalized: { kind: 'affine', scale, offset } }) }
}

const pointwise = {
  kind: 'conv2d',
  filters: 3,
  kernel: [1, 1],
  strides: [1, 1],
  dilations: [1, 1],
  padding: { top: 0, bottom: 0, left: 0, right: 0 },
  groups: 1,
  bias: null,
  activation: null,
  residual: false,
} as const

/** The bytes of pixels as an input that is quantized as they are: int8 has them less 128. */
function beginInPixels(graph: Graph, input: Node, { scale, zeroPoint }: PerTensorQuantization): Graph {
  if (input.dtype === 'uint8') return graph
  const pixels: ElementType = { dtype: 'uint8', quantization: { scale, zeroPoint: zeroPoint + 128 } }
  return precede(graph, input, { quantized: { kind: 'quantize' } }, pixels)
}

/** Puts ops, by what is added to the input's name, between an input of bytes and those that read the input. */
function precede(
  graph: Graph,
  input: Node,
  ops: Readonly<Record<string, Op>>,
  pixels: ElementType = { dtype: 'uint8' },
): Graph {
  const first = freshId(graph)
  const front = Object.entries(ops).map(([suffix, op], i, { length }): Node => {
    const id = i === length - 1 ? input.id : first + i + 1
    return { ...input, id, op, inputs: [first + i], name: freshName(graph, `${input.name}_${suffix}`) }
  })
  const bytes: Node = { ...input, ...pixels, id: first }
  return {
    ...graph,
    nodes: graph.nodes.flatMap(node => (node === input ? [bytes, ...front] : [node])),
    inputs: [first],
  }
}
