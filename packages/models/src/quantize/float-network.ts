import {
  type Graph,
  type Model,
  type Network,
  type Node,
  type NodeId,
  type Normalization,
  type Params,
  type Tensor,
  tensor,
  UnsupportedOpError,
} from '@depthwise/core'
import {
  type AffineOp,
  type BatchNormOp,
  checkParams,
  dropIdentities,
  foldBatchNorm,
  foldConstants,
  foldPadding,
  fuseActivation,
  nodeIndex,
  nodeLabel,
  optimize,
  type Pass,
  paramSpecs,
  requireReals,
  splitEpilogues,
  verify,
  withoutDeadNodes,
} from '@depthwise/core/backend'
import { beginInBytes, normalizeBytes } from '../inference/graph-beginning.ts'
import { imageInput } from '../inference/image-input.ts'

/** A network of reals as it is observed and then quantized: bytes in, batch norms folded, clamps in the products before them. */
export interface FloatNetwork extends Network {
  /** The bytes of an image. */
  readonly input: Node
  /** What makes reals of them. */
  readonly normalized: Node<AffineOp>
}

/**
 * Passes that leave every remaining value one that is stored as bytes: what TFLite's operators compute at once stays one node,
 * and what they do not becomes several.
 */
const passes: readonly Pass[] = [
  foldConstants,
  ({ graph, params }) => ({ graph: withoutDeadNodes(graph), params }),
  dropIdentities,
  foldPadding,
  foldBatchNorm,
  fuseActivation,
  splitEpilogues,
  scalesAsProducts,
  poolsAsMeans,
  dropUnused,
]

/**
 * The network that is quantized in the model's place, with the same values under the same ids.
 * @throws UnsupportedOpError for a network that is quantized already, or takes bytes without an affine behind them; ShapeError
 * for one that takes no images; GraphError or WeightsError for one that contradicts itself
 */
export function floatNetwork(model: Model, normalization: Normalization): FloatNetwork {
  verify(model.graph)
  requireReals(model.graph, 'quantize')
  checkParams(model.graph, model.params)
  const { channels, dtype } = imageInput(model.graph)
  const begun =
    dtype === 'uint8'
      ? model
      : channels === 3
        ? beginInBytes(model, normalization)
        : normalizeBytes(model, normalization)
  const network = optimize({ graph: begun.graph, params: begun.params }, passes)
  const input = nodeIndex(network.graph).get(network.graph.inputs[0] as NodeId) as Node
  const readers = network.graph.nodes.filter(({ inputs }) => inputs.includes(input.id))
  const normalized = readers.find((node): node is Node<AffineOp> => node.op.kind === 'affine')
  if (!normalized || readers.length > 1 || network.graph.outputs.includes(input.id)) {
    const found = readers.map(nodeLabel).join(', ') || 'no reader'
    const expected = 'bytes that one affine alone reads'
    throw new UnsupportedOpError({ where: nodeLabel(input), expected, found })
  }
  return { ...network, input, normalized }
}

/** Scales and offsets of channels that no product took up become depthwise convolutions of one pixel. */
function scalesAsProducts({ graph, params }: Network): Network {
  const own = new Map(params)
  const ofBytes = new Set(graph.inputs)
  const nodes = graph.nodes.map((node): Node => {
    const { op, shape } = node
    if ((op.kind !== 'affine' && op.kind !== 'batchNorm') || shape.length !== 4) return node
    if (ofBytes.has(node.inputs[0] as NodeId)) return node
    const { scale, offset } = op.kind === 'affine' ? op : affineOf(op, params)
    const names = { weights: unused(own, `${node.name}/weights`), bias: unused(own, `${node.name}/bias`) }
    own.set(names.weights, tensor([1, 1, scale.length, 1], Float32Array.from(scale)))
    own.set(names.bias, tensor([scale.length], Float32Array.from(offset)))
    return { ...node, op: { ...onePixel, ...names } }
  })
  return { graph: { ...graph, nodes }, params: own }
}

/** A pool over a whole map is its mean, which has a scale of its own, where results of a pool share that of the map. */
function poolsAsMeans({ graph, params }: Network): Network {
  const nodes = nodeIndex(graph)
  const isMean = ({ op, inputs, shape }: Node): boolean => {
    const map = nodes.get(inputs[0] as NodeId)?.shape
    if (op.kind !== 'averagePool' || shape[1] !== 1 || shape[2] !== 1) return false
    const isPadded = Object.values(op.padding).some(amount => amount !== 0)
    return !isPadded && op.kernel[0] === map?.[1] && op.kernel[1] === map?.[2]
  }
  const mean = { kind: 'globalAveragePool', keepDims: true } as const
  return { graph: { ...graph, nodes: graph.nodes.map(node => (isMean(node) ? { ...node, op: mean } : node)) }, params }
}

/** A depthwise convolution that multiplies each channel by a number of its own. */
export const onePixel = {
  kind: 'depthwiseConv2d',
  kernel: [1, 1],
  strides: [1, 1],
  padding: { top: 0, bottom: 0, left: 0, right: 0 },
  multiplier: 1,
  dilations: [1, 1],
  activation: null,
  residual: false,
} as const

function affineOf(
  { gamma, beta, mean, variance, epsilon }: BatchNormOp,
  params: Params,
): Pick<AffineOp, 'scale' | 'offset'> {
  const numbers = (name: string): Tensor['data'] => (params.get(name) as Tensor).data
  const means = numbers(mean)
  const scale = Array.from(numbers(variance), (value, c) => {
    const factor = gamma === null ? 1 : (numbers(gamma)[c] as number)
    return factor / Math.sqrt(value + epsilon)
  })
  const offset = scale.map((factor, c) => (beta === null ? 0 : (numbers(beta)[c] as number)) - means[c]! * factor)
  return { scale, offset }
}

function unused(params: Params, wanted: string): string {
  let name = wanted
  while (params.has(name)) name += '_'
  return name
}

function dropUnused({ graph, params }: Network): Network {
  const read = new Set(paramSpecs(graph).map(({ name }) => name))
  return { graph, params: new Map([...params].filter(([name]) => read.has(name))) }
}

/** The values whose sizes decide the answer: of each output, what its softmax reads, else the output itself. */
export function answersOf(graph: Graph): readonly NodeId[] {
  const nodes = nodeIndex(graph)
  const answer = (id: NodeId): NodeId => {
    const { op, inputs } = nodes.get(id) as Node
    return op.kind === 'softmax' ? (inputs[0] as NodeId) : id
  }
  return [...new Set(graph.outputs.map(answer))]
}
