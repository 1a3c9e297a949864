import { type Graph, type Node, type NodeId, type Op, OptionError, ShapeError } from '@depthwise/core'
import {
  clampTo,
  elementCount,
  freshId,
  freshName,
  inferShape,
  nodeIndex,
  nodeLabel,
  traitsOf,
  truncate,
} from '@depthwise/core/backend'
import { giveReals } from './real-ends.ts'
import { rangeOf } from './value-range.ts'

/** Whether a result of an op belongs to the class that its only operand belongs to: the way from an output back to its classifier. */
const keepsClasses = (op: Op): boolean => traitsOf(op).keepsOrder === true

/** Beyond 0 and 1 by no more than what float32 makes of `relu6(x) / 6`. */
const slack = 1e-6

/**
 * The graph with its only output as the probabilities of its classes. An output whose values lie in [0, 1] wherever they come
 * from (a softmax, a sigmoid, a clamp) holds probabilities already; logits get a softmax. A single value is the answer of a
 * binary network: a probability `p`, or a logit, `p` being its sigmoid. It becomes two classes, `[1 - p, p]`, in the shape
 * `[batch, 2]`. A quantized output is dequantized first.
 * @throws ShapeError when there are several outputs, or one that is no list of classes, or a softmax over a single value,
 * which is 1 whatever the image
 */
export function endInProbabilities(given: Graph): Graph {
  const graph = giveReals(given)
  const output = onlyOutput(graph)
  if (extents(output).some(extent => extent !== 1)) {
    const found = `${output.shape.join('x')}${output.shape.length === 4 ? ', a map of features' : ''}`
    throw new ShapeError({ where: nodeLabel(output), expected: 'one value a class', found })
  }
  const { min, max } = rangeOf(graph, output)
  const isProbability = min >= -slack && max <= 1 + slack
  if (isBinary(graph)) return endInTwo(graph, output, isProbability)
  return isProbability ? graph : append(graph, [output], { kind: 'softmax' }, 'probabilities')
}

/** Whether the only output of a graph is a single value, as in a binary classifier. */
export function isBinary(graph: Graph): boolean {
  return elementCount(onlyOutput(graph).shape.slice(1)) === 1
}

/** `[1 - p, p]` of one value, which is `p` or its logit: the softmax of `[0, x]` is the sigmoid of `x` and what is left of 1. */
function endInTwo(graph: Graph, output: Node, isProbability: boolean): Graph {
  const source = follow(graph, output, op => keepsClasses(op) && op.kind !== 'softmax')
  if (source.op.kind === 'softmax') {
    const expected = 'a sigmoid, or a softmax over two classes or more'
    const found = 'a softmax over a single value, which is 1 for every picture'
    throw new ShapeError({ where: nodeLabel(source), expected, found })
  }
  const flat = append(graph, [output], { kind: 'reshape', target: [1] }, 'positive')
  const positive = onlyOutput(flat)
  const other: Op = isProbability ? { kind: 'affine', scale: [-1], offset: [1] } : clampTo({ min: 0, max: 0 })
  const negated = append(flat, [positive], other, 'negative')
  const both = append(negated, [onlyOutput(negated), positive], { kind: 'concat', axis: 1 }, 'both')
  return isProbability ? both : append(both, [onlyOutput(both)], { kind: 'softmax' }, 'probabilities')
}

/**
 * The graph cut before its classifier, with the features that it reads as the only output. The classifier is the last layer
 * with weights, if it sees no map any more: a dense layer, or a 1x1 convolution of a single position. A graph without one is
 * an extractor already, and is kept. Quantized features are dequantized, and what is still a map is pooled.
 * @param name of the node to take instead
 * @throws OptionError when no node has that name; ShapeError when there are several outputs and no name
 */
export function endInFeatures(graph: Graph, name?: string): Graph {
  const features = name === undefined ? featuresOf(graph) : graph.nodes.find(node => node.name === name)
  if (!features) {
    throw new OptionError({ where: 'option features', expected: 'the name of a node of the graph', found: `"${name}"` })
  }
  const cut = giveReals(truncate(graph, features.id))
  const isMap = features.shape.length === 4 && extents(features).some(extent => extent !== 1)
  return isMap ? append(cut, [onlyOutput(cut)], { kind: 'globalAveragePool', keepDims: false }, 'features') : cut
}

function featuresOf(graph: Graph): Node {
  const output = onlyOutput(graph)
  const last = follow(graph, output, keepsClasses)
  if (last.op.kind !== 'dense' && last.op.kind !== 'conv2d') return output
  const operand = nodeIndex(graph).get(last.inputs[0] as NodeId)
  return operand && extents(operand).every(extent => extent === 1) ? operand : output
}

/** Walks from a node to its operand while the ops are wanted. */
function follow(graph: Graph, from: Node, wanted: (op: Op) => boolean): Node {
  const nodes = nodeIndex(graph)
  let node = from
  while (wanted(node.op)) {
    const operand = nodes.get(node.inputs[0] as NodeId)
    if (!operand) break
    node = operand
  }
  return node
}

/** All extents but those of the batch and of the channels. */
const extents = (node: Node): readonly number[] => node.shape.slice(1, -1)

function onlyOutput(graph: Graph): Node {
  const [output, ...others] = graph.nodes.filter(node => graph.outputs.includes(node.id))
  if (output && others.length === 0) return output
  throw new ShapeError({ where: 'network', expected: 'one output', found: `${graph.outputs.length}` })
}

/** The graph with one node more, which reads `operands` and is the only output. */
function append(graph: Graph, operands: readonly Node[], op: Op, wanted: string): Graph {
  const [id, name] = [freshId(graph), freshName(graph, wanted)]
  const shape = inferShape(
    op,
    operands.map(operand => operand.shape),
    `node "${name}"`,
  )
  const node: Node = { id, op, inputs: operands.map(operand => operand.id), shape, dtype: 'float32', name }
  return { ...graph, nodes: [...graph.nodes, node], outputs: [id] }
}
